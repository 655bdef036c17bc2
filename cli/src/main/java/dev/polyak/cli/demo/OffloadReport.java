package dev.polyak.cli.demo;

import static dev.polyak.cli.demo.CurveTable.percent;

import dev.polyak.Device;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.plot.Fonts;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What the demonstration of an average off the device tells its user in the end.
 *
 * @param outcome what it found
 * @param folder where its files are
 * @param drawn whether there is a picture
 */
record OffloadReport(OffloadOutcome outcome, RunFolder folder, boolean drawn) {
    /** Prints it for people. */
    void print(PrintWriter out) {
        boolean onGpu = !outcome.choice().device().equals(Device.cpu());
        out.println("model on " + outcome.choice().device() + ": "
                + Text.printable(outcome.choice().reason()));
        out.println(
                onGpu
                        ? "average in host memory: copies and folds go on while the next step is trained"
                        : "average in host memory too: an update returns when the model is copied, and a thread folds it while the"
                                + " next step is trained");
        out.println();
        line(out, "training a step", Step::training);
        line(out, "call of update, for which training waits", Step::calling);
        line(out, "copy", Step::copying);
        line(out, "fold", Step::updating);
        out.println();
        out.println("of copy and fold " + percent(outcome.besideTraining()) + " went on beside the training");
        out.println(
                outcome.sameBits()
                        ? "same bits as an average that is updated at once"
                        : "other bits than an average that is updated at once, which is an error in Polyak");
        out.println();
        out.println(drawn ? folder.timeline() + ": the last steps" : Fonts.MISSING);
        out.println(folder.timelineTable() + ": the times of every step");
        out.println(folder.offloadedAverage() + ": the average");
    }

    private void line(PrintWriter out, String what, ToLongFunction<Step> nanos) {
        out.printf(
                Locale.ROOT,
                "%-42s %9.3f ms (median of %d)%n",
                what,
                outcome.millis(nanos),
                outcome.steps().size());
    }

    /** Writes it for programs. */
    void write(Json json) {
        json.member("folder", folder.path().toString())
                .member("seed", outcome.seed())
                .member("device", outcome.choice().device().toString())
                .member("device_reason", outcome.choice().reason())
                .member("steps", outcome.steps().size())
                .object(
                        "median_millis",
                        medians -> medians.member("training", outcome.millis(Step::training))
                                .member("call", outcome.millis(Step::calling))
                                .member("copy", outcome.millis(Step::copying))
                                .member("fold", outcome.millis(Step::updating)))
                .member("beside_training", outcome.besideTraining())
                .member("same_bits", outcome.sameBits())
                .member("average", folder.offloadedAverage().toString())
                .member("table", folder.timelineTable().toString());
        if (drawn) {
            json.member("picture", folder.timeline().toString());
        } else {
            json.nothing("picture");
        }
    }
}
