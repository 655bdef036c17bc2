package dev.polyak.bench.peer;

import dev.polyak.Device;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A fold from files to an average in memory. Files are opened and mapped, and the average's memory is taken, in every
 * lap, as PyTorch does it.
 */
final class FoldedFiles implements AutoCloseable {
    private final List<Path> files;
    private final DType kept;
    private final int threads;
    private final ParameterLayout layout;
    private ParameterStore average;

    FoldedFiles(ModelFiles files, DType kept, int threads) {
        this.files = files.paths();
        this.kept = kept;
        this.threads = threads;
        this.layout = files.layout(kept);
        average = ParameterStore.allocate(layout, Device.cpu());
    }

    void run() throws IOException {
        average.close();
        average = ParameterStore.allocate(layout, Device.cpu());
        try (ResourceScope opened = new ResourceScope()) {
            List<ParameterStore> sources = new ArrayList<>();
            for (Path file : files) {
                sources.add(opened.keep(Checkpoint.open(file)).store());
            }
            ParameterFold.builder(sources, ScheduledRule.of(Schedules.decay(SameBits.DECAY)))
                    .dtype(kept)
                    .threads(threads)
                    .build()
                    .run(average);
        }
    }

    /** What the last fold left. */
    ParameterStore average() {
        return average;
    }

    @Override
    public void close() {
        average.close();
    }
}
