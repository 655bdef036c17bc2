package dev.polyak.bench;

import dev.polyak.NonFinitePolicy;
import dev.polyak.bench.Comparison.Subject;
import dev.polyak.bench.lab.JvmBackend;
import dev.polyak.bench.work.Pairing;
import dev.polyak.bench.work.Spec;
import dev.polyak.bench.work.Streams;
import dev.polyak.bench.work.Task;
import dev.polyak.bench.work.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Everything that is asked about the CPU, in the order in which it is asked. */
final class Suite {
    /** The chapter about the cost as the tensors grow. */
    static final String TENSORS = "tensors";
    /** The chapter about the cost as the threads grow. */
    static final String THREADS = "threads";

    /** How many elements each of many small tensors has. */
    static final int SMALL = 1024;

    /** Elements of each of several averages, which take memory all at once. */
    private static final long LARGEST_OF_SEVERAL = 1 << 26;

    private final Scale scale;
    private final int threads;
    private final long memory;
    private final List<Comparison> questions = new ArrayList<>();

    private Suite(Scale scale, int threads, long memory) {
        this.scale = scale;
        this.threads = threads;
        this.memory = memory;
    }

    /** The questions at a scale, about at most so many threads and so many bytes of memory. */
    static List<Comparison> questions(Scale scale, int threads, long memory) {
        Suite suite = new Suite(scale, threads, memory);
        suite.backends();
        suite.sizes();
        suite.tensors();
        suite.threads();
        suite.model();
        suite.averages();
        suite.policies();
        suite.stores();
        suite.files();
        return suite.questions;
    }

    private void backends() {
        List<JvmBackend> flavors = JvmBackend.all();
        JvmBackend widest = flavors.get(flavors.size() - 1);
        Tensors tensors = Tensors.of(1, scale.large());
        for (Pairing types : scale.backends()) {
            List<Subject> subjects = new ArrayList<>();
            for (JvmBackend flavor : flavors) {
                String kind = flavor.equals(widest) ? "update" : "update-alone";
                subjects.add(new Subject(flavor.name(), flavor, update(kind, types, tensors, 1)));
            }
            List<Requirement> requirements = types == Pairing.F32 && flavors.size() > 1
                    ? List.of(Requirement.speed(ours(flavors.get(0).name()), ours(widest.name()), 0.6))
                    : List.of();
            questions.add(new Comparison(Results.BACKENDS, types.name(), subjects, requirements));
        }
    }

    private void sizes() {
        for (Pairing types : scale.followed()) {
            for (long elements : scale.sizes()) {
                sameWithAllThreads(Results.SIZES, types, Tensors.of(1, elements));
            }
        }
    }

    private void tensors() {
        for (int count : scale.tensors()) {
            sameWithAllThreads(TENSORS, Pairing.F32, Tensors.of(count, SMALL));
        }
    }

    /** One thread beside all, where memory allows; else all. */
    private void sameWithAllThreads(String chapter, Pairing types, Tensors tensors) {
        Subject one = subject(types, tensors, 1);
        Subject all = subject(types, tensors, threads);
        long work = tensors.elements() * types.bytesHeld();
        long bytes = work + Streams.held(work);
        String name = types.name() + " " + tensors.name();
        if (threads == 1 && bytes < memory) {
            questions.add(new Comparison(chapter, name, List.of(one), List.of()));
        } else if (2 * bytes < memory) {
            Requirement requirement = Requirement.notSlower(ours(all.label()), ours(one.label()));
            questions.add(new Comparison(chapter, name, List.of(one, all), List.of(requirement)));
        } else if (bytes < memory) {
            questions.add(new Comparison(chapter, name, List.of(all), List.of()));
        }
    }

    private void threads() {
        List<Subject> subjects = IntStream.rangeClosed(1, threads)
                .filter(count -> count == threads || Integer.bitCount(count) == 1)
                .mapToObj(count -> subject(Pairing.F32, Tensors.of(1, scale.large()), count))
                .toList();
        questions.add(new Comparison(THREADS, Pairing.F32.name(), subjects, List.of()));
    }

    /** A model that people have, and what must hold against C; with all threads at least. */
    private void model() {
        for (int count : scale.isFull() ? threadCounts() : List.of(threads)) {
            ask("large update", Pairing.F32, Tensors.of(1, scale.large()), count);
            for (Pairing types : scale.followed()) {
                ask("GPT-2 small", types, gpt2(), count);
            }
        }
    }

    private void ask(String chapter, Pairing types, Tensors tensors, int count) {
        double least = switch (types) {
            case F32 -> 0.95;
            case BF16_TO_F32 -> 0.93;
            default -> 0.9;
        };
        questions.add(Comparison.of(
                chapter,
                types + ", " + threads(count),
                update("update", types, tensors, count),
                Requirement.speed(Task.OURS, Task.IN_C, least)));
    }

    /** The real model, but for tests. */
    private Tensors gpt2() {
        return scale.large() < Tensors.GPT2.elements() / 64 ? Tensors.of(4, SMALL) : Tensors.GPT2;
    }

    private void averages() {
        for (int count : threadCounts()) {
            for (Pairing types : List.of(Pairing.F32, Pairing.BF16_TO_F32)) {
                for (int averages : scale.averages()) {
                    Spec spec = Spec.of(
                            "several",
                            "types",
                            types,
                            "tensors",
                            Tensors.of(1, Math.min(scale.large(), LARGEST_OF_SEVERAL))
                                    .name(),
                            "averages",
                            averages,
                            "threads",
                            count);
                    String name = types + ", " + averages + " in one read, " + threads(count);
                    questions.add(
                            averages == 4 && types == Pairing.F32
                                    ? Comparison.of(
                                            "averages", name, spec, Requirement.speed(Task.OURS, "one by one", 1.25))
                                    : Comparison.of("averages", name, spec));
                }
            }
        }
    }

    private void policies() {
        for (NonFinitePolicy policy : List.of(NonFinitePolicy.SKIP_ELEMENT, NonFinitePolicy.SKIP_UPDATE)) {
            for (Pairing types : List.of(Pairing.F32, Pairing.BF16_TO_F32)) {
                questions.add(Comparison.of(
                        "policies",
                        policy + " " + types,
                        Spec.of("non-finite", "policy", policy, "types", types, "tensors", "1x" + scale.large())));
            }
        }
    }

    private void stores() {
        for (int count : threadCounts()) {
            questions.add(Comparison.of(
                    "stores",
                    "F32, " + threads(count),
                    Spec.of("swap", "tensors", "1x" + scale.large(), "threads", count)));
        }
    }

    private void files() {
        int mebibytes = scale.fileMebibytes();
        for (int count : threadCounts()) {
            questions.add(Comparison.of(
                    "files",
                    "fold of " + scale.files() + " F32 checkpoints of " + mebibytes + " MiB, " + threads(count),
                    Spec.of("fold", "files", scale.files(), "mebibytes", mebibytes, "threads", count)));
        }
        questions.add(Comparison.of("files", "save " + mebibytes + " MiB", Spec.of("save", "mebibytes", mebibytes)));
        questions.add(Comparison.of("files", "load " + mebibytes + " MiB", Spec.of("load", "mebibytes", mebibytes)));
    }

    private List<Integer> threadCounts() {
        return threads == 1 ? List.of(1) : List.of(1, threads);
    }

    private static Subject subject(Pairing types, Tensors tensors, int count) {
        return new Subject(threads(count), JvmBackend.OWN, update("update", types, tensors, count));
    }

    private static Spec update(String kind, Pairing types, Tensors tensors, int count) {
        return Spec.of(kind, "types", types, "tensors", tensors.name(), "threads", count);
    }

    /** The name of the library's way among those of several subjects. */
    static String ours(String label) {
        return Task.OURS + ", " + label;
    }

    /** Such as "2 threads". */
    static String threads(int count) {
        return count == 1 ? "1 thread" : count + " threads";
    }
}
