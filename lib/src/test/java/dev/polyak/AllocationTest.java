package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.Warmup;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates allocate nothing on the Java heap, on whatever thread: counted by the JVM over 100,000 of them. */
class AllocationTest {
    private static final int UPDATES = 100_000;
    /** What is not compiled yet allocates, and on a busy machine the compiler takes its time. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({
        "F32, F32, 1000, 1",
        "BF16, F32, 1000, 1",
        "BF16, BF16, 1000, 1",
        "F32, F32, 200000, 2", // four batches, so that a helper takes part where there is a second processor
    })
    void anUpdateAllocatesNothing(DType type, DType kept, int elements, int threads) {
        assertThat(bytesPerUpdate(Schedules.decay(0.999), type, kept, elements, threads))
                .isLessThan(1);
    }

    @Test
    void noScheduleAllocates() {
        Schedule schedule = Schedules.halfLife(1000).over(3).warmup(Warmup.inverseGamma(1, 0.75));
        assertThat(bytesPerUpdate(schedule, DType.F32, DType.F32, 100, 1)).isLessThan(1);
    }

    private static double bytesPerUpdate(Schedule schedule, DType type, DType kept, int elements, int threads) {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("w", type, elements), TensorSpec.buffer("running_mean", DType.F32, 17));
        try (ParameterStore online = Numbers.random(layout, 1);
                ParameterAverage average = ParameterAverage.builder(online)
                        .schedule(schedule)
                        .keptAs(kept)
                        .threads(threads)
                        .build()) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            double bytes = bytesPerUpdate(average, UPDATES);
            while (bytes >= 1 && System.nanoTime() < deadline) {
                bytes = bytesPerUpdate(average, UPDATES);
            }
            return bytes;
        }
    }

    private static double bytesPerUpdate(ParameterAverage average, int updates) {
        long before = allocated();
        for (int i = 0; i < updates; i++) {
            average.update();
        }
        return (double) (allocated() - before) / updates;
    }

    /** What this thread and the helpers have allocated so far. */
    private static long allocated() {
        long[] helpers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("polyak-"))
                .mapToLong(Thread::threadId)
                .toArray();
        // What this very count allocates is a few hundred bytes, of 100,000 that are allowed.
        return THREADS.getCurrentThreadAllocatedBytes()
                + Arrays.stream(THREADS.getThreadAllocatedBytes(helpers)).sum();
    }
}
