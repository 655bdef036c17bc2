package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.CudaStream;
import dev.polyak.offload.Offload;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ticket is of one update, and does not answer for another. */
@Timeout(60)
class UpdateTicketTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 3));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aTicketIsGoodUntilItsStagingIsUsedAgain(int stagings) throws InterruptedException {
        try (ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cpu());
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.9))
                        .offload(Offload.GATED.withStagings(stagings))
                        .build()) {
            UpdateTicket first = average.update();
            for (int i = 2; i <= stagings; i++) {
                average.update();
            }
            first.await();
            assertThat(first.isDone()).isTrue();
            assertThat(first.update()).isEqualTo(1);
            UpdateTicket latest = average.update();
            assertTooOld(first, "update 1,", "update " + (stagings + 1) + " ");
            assertThat(first.update()).isEqualTo(1);
            latest.await();
            assertThat(latest.times().done()).isPositive();
            for (int i = 0; i < 10; i++) { // calls are counted anew, and the numbers come again
                average.restart();
                assertThat(average.update().update()).isEqualTo(1);
            }
            assertTooOld(latest, "update " + (stagings + 1) + ",", "update 1 ");
        }
    }

    @Test
    void soIsOneOfAnUpdateOnAStream() throws InterruptedException {
        StandIn.require();
        try (ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cuda(0));
                CudaStream stream = CudaStream.create(0);
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.9))
                        .build()) {
            UpdateTicket first = average.update(stream);
            first.await();
            UpdateTicket second = average.update(stream);
            assertTooOld(first, "update 1,", "update 2 ");
            second.gate(stream);
            assertThat(second.update()).isEqualTo(2);
            assertThat(average.update()).isSameAs(UpdateTicket.DONE); // the event is now behind this one
            assertTooOld(second, "update 2,", "update 3 ");
        }
    }

    private static void assertTooOld(UpdateTicket ticket, String its, String later) {
        assertThatThrownBy(ticket::isDone).hasMessageContaining(its).hasMessageContaining(later);
        assertThatThrownBy(ticket::await).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(ticket::gate).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(ticket::progress).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(ticket::times).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatWasDoneIsDone() throws InterruptedException {
        assertThat(UpdateTicket.DONE.isDone()).isTrue();
        UpdateTicket.DONE.await();
        UpdateTicket.DONE.gate();
        assertThat(UpdateTicket.DONE.progress()).isEqualTo(1);
        assertThat(UpdateTicket.DONE.update()).isZero();
    }
}
