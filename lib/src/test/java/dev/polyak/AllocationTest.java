package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.polyak.cuda.CudaStream;
import dev.polyak.cuda.StandIn;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Updates allocate nothing on the Java heap, on whatever thread: counted by the JVM over 100,000 of them, in a JVM that
 * does nothing else, so that what other tests taught its compiler plays no part.
 */
class AllocationTest {
    private static final int UPDATES = 100_000;
    /** Of those that take longer. */
    private static final int FEWER_UPDATES = 5_000;
    /**
     * On JDK 27 C2 calls the conversion of ints to shorts instead of compiling it, so that narrow averages allocate
     * there.
     */
    private static final boolean NARROWING_IS_COMPILED = Runtime.version().feature() <= 25;
    /** On JDK 21 it does so to binary16 now and then. */
    private static final boolean BINARY16_IS_COMPILED = Runtime.version().feature() == 25;
    /**
     * On JDK 21 C2 now and then keeps an object that it makes none of the other times: one JVM in seventeen allocated
     * 33 bytes for an update on a stream, and one 145 for an update off the GPU. There, what allocates nothing in one
     * of three JVMs passes.
     */
    private static final int JVMS = Runtime.version().feature() >= 25 ? 1 : 3;

    /** What the JVM of its own runs. */
    static final class Child {
        /** What is not compiled yet allocates, and on a busy machine the compiler takes its time. */
        private static final int MOST_ROUNDS = 40;

        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        public static void main(String[] arguments) {
            Schedule decay = Schedules.decay(0.999);
            Schedule powers = Schedules.halfLife(1000).over(3).warmup(Warmup.inverseGamma(1, 0.75));
            print("f32", decay, DType.F32, DType.F32, 1000, 1);
            print("bf16 in f32", decay, DType.BF16, DType.F32, 1000, 1);
            if (NARROWING_IS_COMPILED) {
                print("bf16", decay, DType.BF16, DType.BF16, 1000, 1);
            }
            if (BINARY16_IS_COMPILED) {
                print("f16", decay, DType.F16, DType.F16, 1000, 1);
            }
            print("powers", powers, DType.F32, DType.F32, 100, 1);
            // Large enough for a helper to take part, where there is a second processor.
            print("threads", decay, DType.F32, DType.F32, 1_200_000, 2);
            if (StandIn.isThere()) {
                StandIn.delays(1, 0);
                printOnGpu("on a GPU", Device.cuda(0), ParameterAverage::update);
                try (CudaStream stream = CudaStream.create(0)) {
                    printOnGpu("on a stream", Device.cuda(0), average -> average.update(stream));
                    printOnGpu(
                            "off the GPU",
                            Device.cpu(),
                            average -> average.update(stream).gate(stream));
                }
                printOnGpu("off the GPU, at once", Device.cpu(), ParameterAverage::update);
            }
        }

        private static void printOnGpu(String name, Device keptOn, Consumer<ParameterAverage> update) {
            ParameterLayout layout = ParameterLayout.of(
                    TensorSpec.parameter("w", DType.F32, 1000), TensorSpec.buffer("running_mean", DType.F32, 17));
            try (ParameterStore online = ParameterStore.allocate(layout, Device.cuda(0));
                    ParameterAverage average = ParameterAverage.builder(online)
                            .schedule(Schedules.decay(0.999))
                            .device(keptOn)
                            .build()) {
                print(name, average, update, FEWER_UPDATES);
            }
        }

        private static void print(String name, Schedule schedule, DType type, DType kept, int elements, int threads) {
            ParameterLayout layout = ParameterLayout.of(
                    TensorSpec.parameter("w", type, elements), TensorSpec.buffer("running_mean", DType.F32, 17));
            try (ParameterStore online = Numbers.random(layout, 1);
                    ParameterAverage average = ParameterAverage.builder(online)
                            .schedule(schedule)
                            .dtype(kept)
                            .threads(threads)
                            .build()) {
                print(name, average, ParameterAverage::update, threads == 1 ? UPDATES : FEWER_UPDATES);
            }
        }

        private static void print(
                String name, ParameterAverage average, Consumer<ParameterAverage> update, int updates) {
            double bytes = bytesPerUpdate(average, update, updates);
            for (int round = 1; bytes >= 1 && round < MOST_ROUNDS; round++) {
                bytes = bytesPerUpdate(average, update, updates);
            }
            System.out.println(name + ": " + (bytes < 1 ? "nothing" : bytes + " bytes an update"));
        }

        private static double bytesPerUpdate(ParameterAverage average, Consumer<ParameterAverage> update, int updates) {
            long before = allocated();
            for (int i = 0; i < updates; i++) {
                update.accept(average);
            }
            return (double) (allocated() - before) / updates;
        }

        /** What this thread and the helpers have allocated so far. */
        private static long allocated() {
            long[] helpers = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("polyak-"))
                    .mapToLong(Thread::threadId)
                    .toArray();
            // What this very count allocates is a few hundred bytes, of 5,000 or more that are allowed.
            return THREADS.getCurrentThreadAllocatedBytes()
                    + Arrays.stream(THREADS.getThreadAllocatedBytes(helpers)).sum();
        }
    }

    @Test
    void anUpdateAllocatesNothing() throws Exception {
        Set<String> allocating = run();
        for (int jvm = 1; jvm < JVMS && !allocating.isEmpty(); jvm++) {
            Set<String> again = run();
            allocating.removeIf(
                    line -> again.stream().noneMatch(other -> name(other).equals(name(line))));
        }
        assertThat(allocating).isEmpty();
    }

    /** The lines of a JVM that are about something that allocates. */
    private static Set<String> run() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Dpolyak.cuda.library=" + StandIn.library(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output.lines())
                .hasSize(4
                        + (NARROWING_IS_COMPILED ? 1 : 0)
                        + (BINARY16_IS_COMPILED ? 1 : 0)
                        + (StandIn.isThere() ? 4 : 0));
        return output.lines().filter(line -> !line.endsWith(": nothing")).collect(Collectors.toSet());
    }

    private static String name(String line) {
        return line.substring(0, line.indexOf(':'));
    }
}
