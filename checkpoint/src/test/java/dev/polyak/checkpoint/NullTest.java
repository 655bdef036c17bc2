package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.AverageCounters;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.framework.FrameworkCheckpoint;
import dev.polyak.checkpoint.framework.scheme.AveragedState;
import dev.polyak.checkpoint.framework.scheme.CountedCalls;
import dev.polyak.checkpoint.framework.scheme.Entries;
import dev.polyak.checkpoint.framework.scheme.SavedState;
import dev.polyak.checkpoint.framework.scheme.SavedStates;
import dev.polyak.checkpoint.framework.scheme.StateBuilder;
import dev.polyak.checkpoint.framework.scheme.StateScheme;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.NullContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the public border does with null. */
class NullTest {
    @ParameterizedTest
    @ValueSource(classes = {Checkpoint.class, FrameworkCheckpoint.class, StateScheme.class})
    void noNullPassesTheBorder(Class<?> oneOfThePackage, @TempDir Path folder) throws Exception {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1));
        AverageRule rule = ScheduledRule.of(Schedules.decay(0.5));
        try (HostStore model = ParameterStore.allocate(layout);
                ParameterAverage average =
                        ParameterAverage.builder(model).rule(rule).build();
                SavedAverage saved = saved(folder.resolve("saved"), average);
                SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("written"), layout, Map.of());
                FrameworkCheckpoint state = state(folder.resolve("state"), average)) {
            NullContract contract = new NullContract()
                    .sample(ParameterStore.class, model)
                    .sample(HostStore.class, model)
                    .sample(ParameterAverage.class, average)
                    .sample(AverageCounters.class, average.counters())
                    .sample(ParameterLayout.class, layout)
                    .sample(TensorSpec.class, layout.tensor(0))
                    .sample(AverageRule.class, rule)
                    .sample(OptionalLong.class, OptionalLong.empty())
                    .sample(Throwable.class, new IOException())
                    .sample(BufferNames.class, BufferNames.defaults())
                    .sample(SafetensorsWriter.class, writer)
                    .sample(SavedAverage.class, saved)
                    .sample(ShardedAverage.class, new ShardedAverage(folder, "s", layout, 1))
                    .sample(FrameworkCheckpoint.class, state)
                    .sample(Entries.class, new Entries(model))
                    .sample(StateBuilder.class, new StateBuilder())
                    .sample(CountedCalls.class, new CountedCalls(0, 0))
                    .sample(AveragedState.class, new AveragedState(rule, average.counters(), model, model))
                    .sample(SavedState.class, SavedStates.empty());
            assertThat(contract.violations(oneOfThePackage)).isEmpty();
        }
    }

    private static SavedAverage saved(Path path, ParameterAverage average) throws CheckpointException {
        SavedAverage.save(path, average);
        return SavedAverage.open(path);
    }

    private static FrameworkCheckpoint state(Path path, ParameterAverage average) throws CheckpointException {
        FrameworkCheckpoint.write(path, StateScheme.TORCH, average);
        return FrameworkCheckpoint.open(path);
    }
}
