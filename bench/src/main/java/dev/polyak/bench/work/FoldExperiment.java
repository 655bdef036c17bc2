package dev.polyak.bench.work;

import dev.polyak.ChunkSink;
import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A fold of mapped checkpoints, whose pages are in memory, and one pass after the other over the same maps. Needs as
 * much disk and memory as the checkpoints are large.
 */
final class FoldExperiment implements Experiment {
    private static final double DECAY = 0.999;

    private final Checkpoints checkpoints;
    private final ParameterStore kept;
    private final Streams streams;
    private final List<Task> tasks;

    /** Writes and maps the files in a folder, and checks the bits of both results. */
    FoldExperiment(Path folder, int files, int mebibytes, int threads) throws IOException {
        checkpoints = new Checkpoints(folder, files, mebibytes);
        kept = ParameterStore.allocate(checkpoints.layout(), Device.cpu());
        List<HostStore> sources = checkpoints.stores();
        ParameterFold fold = ParameterFold.builder(sources, ScheduledRule.of(Schedules.decay(DECAY)))
                .threads(threads)
                .build();
        Passes passes = new Passes(kept, sources, 1 - DECAY, threads);
        passes.run();
        check(sources);
        clear(kept);
        fold.run(kept);
        check(sources);
        ChunkSink nowhere = (tensor, at, piece) -> {};
        long bytes = checkpoints.layout().byteSize() * files;
        streams = new Streams(bytes / files, threads);
        tasks = List.of(
                new Task(Task.OURS, bytes, () -> fold.run(nowhere)),
                new Task("polyak, stored", bytes, () -> fold.run(kept)),
                new Task("passes", bytes, passes::run));
    }

    private static void clear(ParameterStore store) {
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            HostStore.of(store).segment(tensor).fill((byte) 0);
        }
    }

    private void check(List<HostStore> sources) {
        float weight = (float) (1 - DECAY);
        for (int tensor = 0; tensor < kept.layout().size(); tensor++) {
            for (long i = 0; i < kept.layout().tensor(tensor).elements(); i++) {
                float expected = (float) Numbers.read(sources.get(0).segment(tensor), DType.F32, i);
                for (int k = 1; k < sources.size(); k++) {
                    float source = (float) Numbers.read(sources.get(k).segment(tensor), DType.F32, i);
                    expected = Math.fma(source - expected, weight, expected);
                }
                double found = Numbers.read(HostStore.of(kept).segment(tensor), DType.F32, i);
                if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(expected)) {
                    throw new AssertionError(
                            "element " + i + " of tensor " + tensor + " is " + found + " instead of " + expected);
                }
            }
        }
    }

    @Override
    public List<Task> tasks() {
        return tasks;
    }

    /** A fold that is not stored only reads. */
    @Override
    public List<Task> limits() {
        return streams.readers();
    }

    @Override
    public long elements() {
        return checkpoints.layout().byteSize() / Float.BYTES;
    }

    @Override
    public void close() {
        streams.close();
        kept.close();
        checkpoints.close();
    }
}
