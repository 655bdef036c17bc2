package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Kernels;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.internal.kernel.Updates;
import dev.polyak.internal.vector.VectorKernels;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Updates allocate nothing on the Java heap, on whatever thread: counted by the JVM over many of them, in a JVM that
 * does nothing else, so that what other tests taught its compiler plays no part.
 */
class AllocationTest {
    private static final int UPDATES = 100_000;
    /** Of those that take longer. */
    private static final int FEWER_UPDATES = 5_000;
    /**
     * What allocates nothing in one of so many JVMs passes. C2 now and then keeps an object that it makes none of the
     * other times: on JDK 21 one JVM in seventeen allocated 33 bytes for an update on a stream.
     */
    private static final int JVMS = 3;

    /** What the JVM of its own runs. */
    static final class Child {
        /** What is not compiled yet allocates, and on a busy machine the compiler takes its time. */
        private static final int MOST_ROUNDS = 40;

        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        public static void main(String[] arguments) {
            Schedule decay = Schedules.decay(0.999);
            Schedule powers = Schedules.halfLife(1000).over(3).warmup(Warmup.inverseGamma(1, 0.75));
            print("f32", decay, DType.F32, DType.F32, 1000, 1);
            // Of a pair of types that nothing larger has warmed up.
            print("small", decay, DType.BF16, DType.F32, 100, 1);
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
        List<String> lines = run(Child.class);
        assertThat(lines).hasSize(4 + (StandIn.isUsable() ? 4 : 0));
        return allocating(lines);
    }

    private static Set<String> allocating(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.endsWith(": nothing"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> run(Class<?> program, String... arguments) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.SIMD);
        options.addAll(ChildJvm.cuda(StandIn.library()));
        ChildJvm.Result result = ChildJvm.run(ChildJvm.builder(program, options, (Object[]) arguments));
        assertThat(result.exit()).as(result.err()).isZero();
        return result.out().lines().toList();
    }

    private static String name(String line) {
        return line.substring(0, line.indexOf(':'));
    }

    /** What a JVM runs for the loops: every update of every pair of types. */
    static final class Loops {
        /** More than a vector of any width, and a rest. */
        private static final int ELEMENTS = 1000;

        private static final int MOST_ROUNDS = 300;
        private static final int CALLS = 1_000;
        private static final List<Element> TYPES = List.of(Element.values());

        public static void main(String[] arguments) {
            int bits = Integer.parseInt(arguments[0]);
            UpdateFixture fixture = new UpdateFixture(Backend.vector(bits), ELEMENTS);
            for (Element average : TYPES) {
                for (Element source : TYPES) {
                    for (UpdateFormula formula : UpdateFormula.values()) {
                        for (boolean finiteOnly : new boolean[] {false, true}) {
                            String name = average + " from " + source + ", " + formula + ", "
                                    + (finiteOnly ? "finite only, " : "") + bits + " bits";
                            print(name, () -> fixture.update(formula, average, source, finiteOnly));
                        }
                    }
                }
            }
        }

        private static void print(String name, Runnable update) {
            double bytes = bytes(update);
            for (int round = 1; bytes >= 1 && round < MOST_ROUNDS; round++) {
                bytes = bytes(update);
            }
            System.out.println(name + ": " + (bytes < 1 ? "nothing" : bytes + " bytes an update"));
        }

        private static double bytes(Runnable update) {
            long before = Child.THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                update.run();
            }
            return (double) (Child.THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
        }
    }

    /** A piece of an average and of a source in each type. */
    private static final class UpdateFixture {
        private final UpdateKernel kernel;
        private final int elements;
        private final Updates updates = new Updates(1);
        private final Map<Element, MemorySegment> averages = new EnumMap<>(Element.class);
        private final Map<Element, MemorySegment[]> sources = new EnumMap<>(Element.class);
        private final long[] at = new long[1];

        UpdateFixture(Kernels kernels, int elements) {
            this.kernel = new UpdateKernel(kernels);
            this.elements = elements;
            updates.add(0.001, 0.999, 1000);
            for (Element type : Element.values()) {
                averages.put(type, Arena.global().allocate((long) elements * type.bytes(), 64));
                sources.put(type, new MemorySegment[] {Arena.global().allocate((long) elements * type.bytes(), 64)});
            }
        }

        void update(UpdateFormula formula, Element average, Element source, boolean finiteOnly) {
            MemorySegment e = averages.get(average);
            kernel.apply(formula, average, e, 0, source, sources.get(source), at, updates, 0, 1, finiteOnly, elements);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    @Tag("long")
    @Tag("jdk")
    @Tag("vector")
    void noLoopAllocates(int bits) throws Exception {
        int most = VectorKernels.preferredBits();
        assumeTrue(bits <= most, "vectors that the processor lacks are not compiled");
        Set<String> allocating = allocating(run(Loops.class, Integer.toString(bits)));
        for (int jvm = 1; jvm < JVMS && !allocating.isEmpty(); jvm++) {
            Set<String> again = allocating(run(Loops.class, Integer.toString(bits)));
            allocating.removeIf(
                    line -> again.stream().noneMatch(other -> name(other).equals(name(line))));
        }
        assertThat(allocating).isEmpty();
    }
}
