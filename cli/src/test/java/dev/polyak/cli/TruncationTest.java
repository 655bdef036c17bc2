package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.AverageBuilder;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.error.MemoryLostException;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that someone truncates while it is read never kills the JVM, and is named. */
class TruncationTest {
    private static final int FEW = 24;
    private static final int MANY = 500;
    private static final int PROCESSES = 60;
    /** The launcher has the loops compiled almost at once, and waits for it. */
    private static final List<String> AS_LAUNCHED = List.of(
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=CompileThresholdScaling,dev.polyak.internal.vector.*::*,0.003",
            "-XX:CompileCommand=BackgroundCompilation,dev.polyak.internal.vector.*::*,false");

    @TempDir
    Path folder;

    /** Truncates mapped inputs of every operation, in a JVM that does nothing else: a crash would end it. */
    static final class Child {
        private static final ParameterLayout LAYOUT = ParameterLayout.of(
                TensorSpec.parameter("f32", DType.F32, 300_001),
                TensorSpec.parameter("bf16", DType.BF16, 300_001),
                TensorSpec.parameter("f16", DType.F16, 300_001),
                TensorSpec.parameter("f64", DType.F64, 150_001),
                TensorSpec.buffer("i32", DType.I32, 20_001));
        private static final long BYTES = LAYOUT.byteSize();
        private static final int WARM_UPS = 30;
        private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

        /** Something that reads two mapped checkpoints, the second of which is truncated meanwhile. */
        private interface Operation {
            void run(ParameterStore whole, ParameterStore cut, Path folder) throws IOException;
        }

        private static final List<Operation> OPERATIONS = List.of(
                (whole, cut, folder) -> update(cut, null, NonFinitePolicy.FOLD),
                (whole, cut, folder) -> update(cut, DType.BF16, NonFinitePolicy.FOLD),
                (whole, cut, folder) -> update(cut, DType.F16, NonFinitePolicy.SKIP_ELEMENT),
                (whole, cut, folder) -> update(cut, DType.F64, NonFinitePolicy.SKIP_UPDATE),
                (whole, cut, folder) -> fold(whole, cut, null),
                (whole, cut, folder) -> fold(whole, cut, DType.F32),
                (whole, cut, folder) -> copy(cut, null),
                (whole, cut, folder) -> copy(cut, DType.F32),
                (whole, cut, folder) -> copy(cut, DType.BF16),
                (whole, cut, folder) -> Checkpoint.save(folder.resolve("saved.safetensors"), cut, Map.of()),
                (whole, cut, folder) -> compare(folder));

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            int rounds = Integer.parseInt(arguments[1]);
            Random random = new Random(7);
            try (ParameterStore numbers = numbers()) {
                warmUp(folder, numbers);
                for (int round = 0; round < rounds; round++) {
                    round(folder, numbers, OPERATIONS.get(round % OPERATIONS.size()), round, random);
                }
            }
            System.out.println("survived " + rounds);
        }

        /** A loop survives once it is compiled; some seconds of work compile all of them. */
        private static void warmUp(Path folder, ParameterStore numbers) throws Exception {
            Path whole = folder.resolve("whole.safetensors");
            Path cut = folder.resolve("cut.safetensors");
            Checkpoint.save(whole, numbers, Map.of());
            Checkpoint.save(cut, numbers, Map.of());
            try (Checkpoint one = Checkpoint.open(whole);
                    Checkpoint other = Checkpoint.open(cut)) {
                for (int i = 0; i < WARM_UPS; i++) {
                    for (Operation operation : OPERATIONS) {
                        operation.run(one.store(), other.store(), folder);
                    }
                }
            }
        }

        private static void round(Path folder, ParameterStore numbers, Operation operation, int round, Random random)
                throws Exception {
            Path whole = folder.resolve("whole.safetensors");
            Path cut = folder.resolve("cut.safetensors");
            Checkpoint.save(whole, numbers, Map.of());
            Checkpoint.save(cut, numbers, Map.of());
            long left = random.nextLong(1000, BYTES - 100_000);
            long delay = random.nextLong(TimeUnit.MILLISECONDS.toNanos(8));
            try (Checkpoint one = Checkpoint.open(whole);
                    Checkpoint other = Checkpoint.open(cut)) {
                Thread thread = new Thread(() -> truncate(cut, left, delay));
                thread.start();
                String said = untilItFails(operation, one.store(), other.store(), folder);
                thread.join();
                if (!said.contains("cut.safetensors") || said.contains("whole.safetensors")) {
                    throw new IllegalStateException("round " + round + " said " + said);
                }
            }
        }

        private static String untilItFails(Operation operation, ParameterStore one, ParameterStore other, Path folder)
                throws IOException {
            for (long start = System.nanoTime(); System.nanoTime() - start < MOST_NANOS; ) {
                try {
                    operation.run(one, other, folder);
                } catch (MemoryLostException e) {
                    return String.valueOf(e.getMessage());
                }
            }
            return "nothing of the file's end";
        }

        private static void truncate(Path file, long left, long delay) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                Thread.sleep(delay / 1_000_000, (int) (delay % 1_000_000));
                channel.truncate(left);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** An update that loses its source leaves the average torn; restarting needs the source. */
        private static void update(ParameterStore model, DType kept, NonFinitePolicy policy) {
            AverageBuilder builder = ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.9))
                    .nonFinite(policy);
            try (ParameterAverage average = (kept == null ? builder : builder.dtype(kept)).build()) {
                for (int i = 0; i < 20; i++) {
                    try {
                        average.update();
                    } catch (MemoryLostException e) {
                        requireTorn(average);
                        throw e;
                    }
                }
            }
        }

        private static void requireTorn(ParameterAverage average) {
            try {
                average.store();
            } catch (IllegalStateException e) {
                return;
            }
            throw new IllegalStateException("the average is read after its source was lost");
        }

        private static void fold(ParameterStore whole, ParameterStore cut, DType as) {
            ParameterFold.Builder builder = ParameterFold.builder(
                    List.of(whole, cut, whole, cut, whole), ScheduledRule.of(Schedules.decay(0.9)));
            ParameterFold fold = (as == null ? builder : builder.dtype(as)).build();
            try (ParameterStore result = ParameterStore.allocate(fold.layout(), Device.cpu())) {
                fold.run(result);
            }
        }

        private static void copy(ParameterStore cut, DType as) {
            ParameterLayout layout =
                    as == null ? LAYOUT : LAYOUT.map(tensor -> tensor.dtype().isFloat() ? tensor.as(as) : tensor);
            try (ParameterStore target = ParameterStore.allocate(layout, Device.cpu())) {
                target.copyFrom(cut);
            }
        }

        /** The command opens the files itself. One that is too short from the start is refused at opening, by name. */
        private static void compare(Path folder) {
            Cli cli = Cli.run("compare", folder.resolve("whole.safetensors"), folder.resolve("cut.safetensors"));
            if (cli.status() == 0) {
                return;
            }
            throw new MemoryLostException(cli.err(), new IllegalStateException("exit status " + cli.status()));
        }
    }

    @Test
    void everyOperationSurvivesItAndNamesTheFile() throws Exception {
        survive(FEW);
    }

    @Test
    @Tag("long")
    @Tag("jdk")
    void everyOperationSurvivesItFiveHundredTimes() throws Exception {
        survive(MANY);
    }

    @Test
    @Tag("long")
    void averageNeverGivesAWrongNumber() throws Exception {
        Path out = folder.resolve("out.safetensors");
        Path err = folder.resolve("err.txt");
        try (ParameterStore numbers = numbers()) {
            for (int i = 0; i < PROCESSES; i++) {
                for (String name : List.of("a", "b", "c")) {
                    Checkpoint.save(folder.resolve(name + ".safetensors"), numbers, Map.of());
                }
                Files.deleteIfExists(out);
                Path cut = folder.resolve("c.safetensors");
                Process process = Cli.child(
                                AS_LAUNCHED,
                                "average",
                                "--ema",
                                "0.5",
                                "-o",
                                out,
                                folder.resolve("a.safetensors"),
                                folder.resolve("b.safetensors"),
                                cut)
                        .redirectError(err.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                awaitOutput(process);
                Thread.sleep(0, ThreadLocalRandom.current().nextInt(1_000_000));
                try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
                    channel.truncate(ThreadLocalRandom.current().nextLong(0, Child.BYTES - 100_000));
                }
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
                if (process.exitValue() == 0) {
                    try (Checkpoint result = Checkpoint.open(out)) {
                        assertThat(first(result.store())).isEqualTo(first(numbers));
                        assertThat(firstDifference(result.store(), numbers)).isEmpty();
                    }
                } else {
                    assertThat(process.exitValue()).isEqualTo(1);
                    assertThat(Files.readString(err)).contains("c.safetensors");
                    assertThat(out).doesNotExist();
                }
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.contains("polyak-tmp") || name.startsWith("hs_err"));
        }
    }

    private void awaitOutput(Process process) throws IOException, InterruptedException {
        while (process.isAlive()) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.anyMatch(file -> file.getFileName().toString().startsWith(".out"))) {
                    return;
                }
            }
            Thread.sleep(1);
        }
    }

    private void survive(int rounds) throws Exception {
        Path err = folder.resolve("err.txt");
        Path out = folder.resolve("out.txt");
        List<String> options = new ArrayList<>(ChildJvm.SIMD);
        options.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
        Process process = ChildJvm.builder(Child.class, options, folder, rounds)
                .redirectError(err.toFile())
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(out)).as(Files.readString(err)).isEqualTo("survived " + rounds + "\n");
    }

    /** Small numbers, so that they and their averages are exact in every type. */
    private static ParameterStore numbers() {
        HostStore floats = ParameterStore.allocate(
                Child.LAYOUT.map(tensor -> tensor.dtype().isFloat() ? tensor.as(DType.F64) : tensor));
        try (floats) {
            for (int tensor = 0; tensor < floats.layout().size(); tensor++) {
                MemorySegment segment = floats.segment(tensor);
                for (long i = 0; i < segment.byteSize() / Double.BYTES; i++) {
                    if (floats.layout().tensor(tensor).dtype() == DType.F64) {
                        segment.setAtIndex(ValueLayout.JAVA_DOUBLE, i, i % 128 + 1);
                    }
                }
            }
            ParameterStore numbers = ParameterStore.allocate(Child.LAYOUT, Device.cpu());
            numbers.copyFrom(floats);
            return numbers;
        }
    }

    private static float first(ParameterStore store) {
        return HostStore.of(store).segment("f32").getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
    }

    private static String firstDifference(ParameterStore one, ParameterStore other) {
        return other.layout().tensors().stream()
                .map(TensorSpec::name)
                .filter(name -> HostStore.of(one)
                                .segment(name)
                                .mismatch(HostStore.of(other).segment(name))
                        >= 0)
                .findFirst()
                .orElse("");
    }
}
