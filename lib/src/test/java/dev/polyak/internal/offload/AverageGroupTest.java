package dev.polyak.internal.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.AverageCounters;
import dev.polyak.Device;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.update.Counters;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reader gets while another thread trains. */
class AverageGroupTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 3));

    /** Its update waits for the reading, so that the numbers do not have it; the counters must not have the call. */
    @Test
    void aCallThatBeginsWhileAReadingDoesIsNotCounted() {
        Counters counters = new Counters(1);
        PlannedCall plan = new PlannedCall(ScheduledRule.of(Schedules.decay(0.5)), LAYOUT);
        try (MemoryStore model = MemoryStore.allocate(LAYOUT, Device.cpu());
                AverageGroup group = new AverageGroup(
                        model,
                        List.of(plan),
                        List.of(MemoryStore.allocate(LAYOUT, Device.cpu())),
                        counters,
                        new ReadingLock(),
                        new CallingExecutor(counters))) {
            assertThat(group.beginReading()).containsExactly(new AverageCounters(0, 0));
            group.endReading(Thread.currentThread());
        }
    }

    /** Nothing is under way, until just after that has been said. */
    private record CallingExecutor(Counters counters) implements UpdateExecutor {
        @Override
        public long pending() {
            counters.called(1);
            return 0;
        }

        @Override
        public UpdateTicket update(long number, CudaStream stream) {
            return UpdateTicket.DONE;
        }

        @Override
        public void copyAll() {}

        @Override
        public long elementsLeft() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
