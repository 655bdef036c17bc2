package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.checkpoint.SavedAverage;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The mean of checkpoints, made when training is over. BatchNorm's statistics are averaged as the parameters are. */
final class OfflineAverage {
    private static final ScheduledRule RULE =
            ScheduledRule.of(Schedules.equal()).buffers(BufferPolicy.AVERAGE);

    private OfflineAverage() {}

    /**
     * Averages checkpoints into a file.
     *
     * @param checkpoints all with the same weight
     * @param out the average
     * @param device where it is computed
     */
    static void write(List<Path> checkpoints, Path out, Device device) throws IOException {
        List<ParameterStore> sources = new ArrayList<>();
        try {
            for (Path checkpoint : checkpoints) {
                sources.add(Checkpoint.open(checkpoint).store());
            }
            ParameterFold fold =
                    ParameterFold.builder(sources, RULE).device(device).build();
            Map<String, String> metadata = SavedAverage.metadataFor(RULE, fold.counters(), fold.layout(), Map.of());
            try (SafetensorsWriter writer = SafetensorsWriter.create(out, fold.layout(), metadata)) {
                fold.run(writer::write);
                writer.commit();
            }
        } finally {
            sources.forEach(ParameterStore::close);
        }
    }

    /** Accuracy of a network with the weights of a file. */
    static double accuracy(Path weights, Batch test) throws CheckpointException {
        try (Checkpoint checkpoint = Checkpoint.open(weights);
                Network network = new Network()) {
            network.store().copyFrom(checkpoint.store());
            return network.accuracy(test);
        }
    }
}
