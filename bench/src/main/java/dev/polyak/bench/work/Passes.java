package dev.polyak.bench.work;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.Step;
import dev.polyak.internal.partition.WorkerThreads;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a fold does, in as many passes as there are sources: the first is copied, each further one is mixed into the
 * whole average by the library's own lerp, before the next. In binary32.
 */
final class Passes {
    private static final int PIECE = 1 << 16;

    private final ParameterStore average;
    private final List<HostStore> sources;
    private final double weight;
    private final int threads;
    private final Loop lerp = Backend.get().kernels().loop(Step.LERP_LOW, Element.F32);
    private final AtomicInteger next = new AtomicInteger();

    /** Passes over sources of the average's layout; the weight is below one half. */
    Passes(ParameterStore average, List<HostStore> sources, double weight, int threads) {
        this.average = average;
        this.sources = sources;
        this.weight = weight;
        this.threads = threads;
    }

    /** Makes the average. */
    void run() {
        average.copyFrom(sources.get(0));
        for (ParameterStore source : sources.subList(1, sources.size())) {
            next.set(0);
            WorkerThreads.shared().run(worker -> mix(source), threads);
        }
    }

    private void mix(ParameterStore source) {
        for (int tensor = next.getAndIncrement(); tensor < average.layout().size(); tensor = next.getAndIncrement()) {
            int elements = (int) average.layout().tensor(tensor).elements();
            for (int from = 0; from < elements; from += PIECE) {
                long at = (long) from * Float.BYTES;
                lerp.one(
                        HostStore.of(average).segment(tensor),
                        at,
                        HostStore.of(source).segment(tensor),
                        at,
                        weight,
                        0,
                        Math.min(PIECE, elements - from));
            }
        }
    }
}
