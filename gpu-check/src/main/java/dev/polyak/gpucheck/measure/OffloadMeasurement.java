package dev.polyak.gpucheck.measure;

import dev.polyak.internal.cuda.PinnedMemory;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Updates of an average off the GPU: their copy beside a plain copy to the host, and their parts beside the whole. */
record OffloadMeasurement(long elements) implements Measurement {
    static final String PLAIN = "plain copy to the host";
    static final String COPY = "copy alone";
    static final String FOLD = "fold alone";
    /** A copy of more is no faster. */
    private static final long LARGEST_COPY = 1L << 30;

    @Override
    public String name() {
        return String.format(Locale.ROOT, "average off the GPU, BF16 -> F32, %,d parameters", elements);
    }

    @Override
    public long memory() {
        return 2 * Offloaded.onGpu(elements);
    }

    @Override
    public long hostMemory() {
        return Offloaded.onHost(elements, Offloaded.STAGED) + plain();
    }

    private long plain() {
        return Math.min(Offloaded.onGpu(elements), LARGEST_COPY);
    }

    @Override
    public Map<String, String> limits() {
        return Map.of(COPY, PLAIN);
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        try (Offloaded offloaded = new Offloaded(lab, elements, Offloaded.STAGED);
                PinnedMemory host = PinnedMemory.allocate(lab.gpu().index(), plain())) {
            long there = host.segment().address();
            return lab.race(
                            name(),
                            Offloaded.MOST_ROUNDS,
                            List.of(
                                    lab.enqueued(
                                            PLAIN,
                                            plain(),
                                            plain(),
                                            queue -> queue.copy(there, offloaded.address(), plain())),
                                    offloaded.alone(
                                            COPY, Offloaded.onGpu(elements), times -> times.read() - times.begun()),
                                    offloaded.alone(
                                            FOLD, Offloaded.folded(elements), times -> times.done() - times.updating()),
                                    offloaded.overlapped(Measurements.UPDATE_OFF_GPU, Offloaded.updated(elements))))
                    .bandwidth(COPY, PLAIN)
                    .speed(Measurements.UPDATE_OFF_GPU, COPY, FOLD)
                    .figures();
        }
    }
}
