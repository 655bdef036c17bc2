package dev.polyak.cli.compare;

import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Table;
import dev.polyak.cli.console.Text;
import dev.polyak.tensor.TensorSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How two checkpoints compare.
 *
 * @param a the first
 * @param b the second
 * @param results the tensors that both have
 * @param onlyInA names of the tensors that only the first has
 * @param onlyInB names of the tensors that only the second has
 * @param allowed units in the last place by which floating-point numbers may differ
 * @param all whether tensors that are equal are listed too
 */
record ComparisonReport(
        Path a,
        Path b,
        List<TensorResult> results,
        List<String> onlyInA,
        List<String> onlyInB,
        long allowed,
        boolean all) {

    /** Whether everything is equal, or as close as allowed. */
    boolean isEqual() {
        return onlyInA.isEmpty() && onlyInB.isEmpty() && results.stream().allMatch(result -> result.isWithin(allowed));
    }

    void print(PrintWriter out) {
        List<TensorResult> listed = listed();
        if (!listed.isEmpty()) {
            new Table()
                    .words("tensor", i -> Text.printable(listed.get(i).a().name()))
                    .words(
                            "dtype",
                            i -> both(
                                    listed.get(i).a().dtype(), listed.get(i).b().dtype()))
                    .words(
                            "shape",
                            i -> both(
                                    listed.get(i).a().shape(), listed.get(i).b().shape()))
                    .numbers("elements", i -> Text.count(listed.get(i).a().elements()))
                    .numbers("differing", i -> differing(listed.get(i)))
                    .numbers("max abs", i -> largest(listed.get(i)))
                    .numbers("max ULP", i -> mostUlps(listed.get(i)))
                    .words("", i -> remark(listed.get(i)))
                    .print(out, "", listed.size());
        }
        onlyInA.forEach(name -> out.println("only in " + Text.printable(a.toString()) + ": " + Text.printable(name)));
        onlyInB.forEach(name -> out.println("only in " + Text.printable(b.toString()) + ": " + Text.printable(name)));
        out.println(verdict());
    }

    void write(Json json) {
        Difference total = total();
        json.member("a", a.toString())
                .member("b", b.toString())
                .member("equal", isEqual())
                .member("allowed_ulp", allowed)
                .objects("tensors", listed(), ComparisonReport::write)
                .strings("only_in_a", onlyInA)
                .strings("only_in_b", onlyInB)
                .object(
                        "totals",
                        totals -> totals.member("tensors", results.size())
                                .member("tensors_differing", countDiffering())
                                .member("elements", elements())
                                .member("differing", total.differing())
                                .member("nan_in_one", total.notANumber())
                                .member("max_abs", total.largest())
                                .unsigned("max_ulp", total.mostUlps()));
    }

    private static void write(Json json, TensorResult result) {
        TensorSpec a = result.a();
        json.member("name", a.name())
                .member("name_b", result.b().name())
                .member("dtype", a.dtype().name())
                .member("dtype_b", result.b().dtype().name())
                .numbers("shape", a.shape())
                .numbers("shape_b", result.b().shape())
                .member("elements", a.elements())
                .member("equal", result.isEqual())
                .member("compared", result.isComparable());
        if (result.isComparable()) {
            json.member("differing", result.difference().differing())
                    .member("nan_in_one", result.difference().notANumber());
        }
        if (hasValues(result)) {
            json.member("max_abs", result.difference().largest());
        }
        if (hasUlps(result)) {
            json.unsigned("max_ulp", result.difference().mostUlps());
        }
    }

    private List<TensorResult> listed() {
        return all
                ? results
                : results.stream().filter(result -> !result.isEqual()).toList();
    }

    private String verdict() {
        Difference total = total();
        String size = Text.count(results.size(), "tensor") + ", " + Text.count(elements(), "element");
        if (isEqual() && total.differing() == 0) {
            return "equal: " + size;
        }
        return (isEqual() ? "within " + Text.count(allowed) + " ULP: " : "different: ")
                + Text.count(countDiffering()) + " of " + size + ", " + Text.count(total.differing())
                + " differing"
                + (total.differing() > total.notANumber()
                        ? " by at most " + number(total.largest()) + " and " + ulps(total) + " ULP"
                        : "");
    }

    private Difference total() {
        Difference total = new Difference();
        results.forEach(result -> total.add(result.difference()));
        return total;
    }

    private long countDiffering() {
        return results.stream().filter(result -> !result.isEqual()).count();
    }

    private long elements() {
        return results.stream().mapToLong(result -> result.a().elements()).sum();
    }

    private static String differing(TensorResult result) {
        return result.isComparable() ? Text.count(result.difference().differing()) : "";
    }

    private static String largest(TensorResult result) {
        return hasValues(result) ? number(result.difference().largest()) : "";
    }

    private static String mostUlps(TensorResult result) {
        return hasUlps(result) ? ulps(result.difference()) : "";
    }

    private static boolean hasValues(TensorResult result) {
        return result.isComparable()
                && (result.a().dtype().isFloat() || result.a().dtype().isInteger());
    }

    private static boolean hasUlps(TensorResult result) {
        return result.isComparable() && result.a().dtype().isFloat();
    }

    private static String remark(TensorResult result) {
        if (!result.isComparable()) {
            return "not compared";
        }
        long count = result.difference().notANumber();
        return count == 0 ? "" : Text.count(count) + " NaN in one only";
    }

    private static String ulps(Difference difference) {
        long ulps = difference.mostUlps();
        return ulps >= 0 ? Text.count(ulps) : Long.toUnsignedString(ulps);
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2e", value);
    }

    private static String both(Object a, Object b) {
        return a.equals(b) ? a.toString() : a + " / " + b;
    }
}
