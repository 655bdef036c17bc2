package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.offload.Offload;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that reads averages may ask for anything, and waits for nothing that only it could end. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AverageReadingTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 3));
    private static final String WHILE_READING = "close the scope that reading() returned first";

    private final ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cpu());

    @AfterEach
    void close() {
        model.close();
    }

    private AverageBuilder half() {
        return ParameterAverage.builder(model).schedule(Schedules.momentum(0.5));
    }

    private ParameterAverage inTheBackground() {
        return half().offload(Offload.GATED).build();
    }

    private void step(ParameterAverage average, double value) {
        Numbers.set(model, "w", value);
        average.update();
    }

    @Test
    void beforeAnUpdateHasBegunEverythingMayBeReadInAReading() {
        for (ParameterAverage each : List.of(half().build(), inTheBackground())) {
            try (ParameterAverage average = each) {
                step(average, 4);
                average.counters(); // the update is made
                try (AverageReading reading = average.reading();
                        ParameterStore value = average.value()) {
                    assertThat(average.counters()).isEqualTo(reading.counters()).isEqualTo(new AverageCounters(1, 1));
                    assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
                    assertThat(Numbers.number(reading.store(), "w")).isEqualTo(2);
                    assertThat(Numbers.number(value, "w")).isEqualTo(2);
                }
            }
        }
    }

    @Test
    void whatWouldWaitForThisThreadsOwnReadingIsRefused() throws InterruptedException {
        try (ParameterAverage average = inTheBackground();
                ParameterStore numbers = ParameterStore.allocate(LAYOUT, Device.cpu())) {
            UpdateTicket ticket;
            try (AverageReading reading = average.reading()) {
                Numbers.set(model, "w", 4);
                ticket = average.update(); // finds room, and cannot be made
                assertRefused(average::counters);
                assertRefused(average::store);
                assertRefused(average::value);
                assertRefused(average::swap);
                assertRefused(average::update);
                assertRefused(average::restart);
                assertRefused(() -> average.restore(AverageCounters.ZERO, numbers));
                assertRefused(average::skippedElements);
                assertRefused(ticket::await);
                assertRefused(average::close);
                assertThat(reading.counters()).isEqualTo(AverageCounters.ZERO);
                assertThat(Numbers.number(reading.store(), "w")).isZero();
                try (AverageReading again = average.reading()) { // beside an update that waits
                    assertThat(again.counters()).isEqualTo(AverageCounters.ZERO);
                }
            }
            ticket.await();
            assertThat(average.counters()).isEqualTo(new AverageCounters(1, 1));
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
        }
    }

    @Test
    void onOneDeviceNothingChangesUnderAReading() {
        try (ParameterAverage average = half().build();
                ParameterStore numbers = ParameterStore.allocate(LAYOUT, Device.cpu())) {
            step(average, 4);
            try (AverageReading reading = average.reading()) {
                assertRefused(average::update);
                assertRefused(average::swap);
                assertRefused(average::restart);
                assertRefused(() -> average.restore(AverageCounters.ZERO, numbers));
                assertRefused(average::close);
                assertThat(Numbers.number(reading.store(), "w")).isEqualTo(2);
                assertThat(reading.counters()).isEqualTo(new AverageCounters(1, 1));
            }
            average.update();
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 2));
        }
    }

    /** Of its own: a thread of a pool might be the one that opened a reading. */
    private static Future<?> inAnotherThread(Runnable action) {
        FutureTask<?> task = new FutureTask<>(action, null);
        new Thread(task).start();
        return task;
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining(WHILE_READING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChangeWaitsForAnotherThreadsReading(boolean background) throws Exception {
        try (ParameterAverage average = background ? inTheBackground() : half().build()) {
            AtomicReference<AverageReading> reading = new AtomicReference<>();
            inAnotherThread(() -> reading.set(average.reading())).get();
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> training = inAnotherThread(() -> {
                begun.countDown();
                step(average, 4);
                average.counters();
            });
            begun.await();
            assertThatThrownBy(() -> training.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(Numbers.number(reading.get().store(), "w")).isZero();
            reading.get().close(); // by another thread than the one that opened it
            reading.get().close();
            training.get();
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(2);
            assertThatThrownBy(reading.get()::store).hasMessage("the reading has ended");
            assertThatThrownBy(reading.get()::counters).hasMessage("the reading has ended");
        }
    }

    @Test
    void countersAreThoseOfTheNumbersWhateverIsUnderWay() throws Exception {
        ScheduledRule rule = ScheduledRule.of(Schedules.momentum(0.5));
        try (ParameterAverage average = ParameterAverage.builder(model)
                .rules(List.of(rule, rule.every(3)))
                .offload(Offload.GATED.withStagings(2))
                .build()) {
            for (int i = 1; i <= 4; i++) {
                step(average, i);
            }
            average.counters();
            try (AverageReading first = average.reading()) {
                inAnotherThread(() -> {
                            step(average, 100);
                            step(average, 100);
                        })
                        .get(); // both are under way
                try (AverageReading during = average.reading()) {
                    assertThat(during.counters()).isEqualTo(first.counters()).isEqualTo(new AverageCounters(4, 4));
                    assertThat(during.counters(1)).isEqualTo(new AverageCounters(4, 1));
                    assertThat(Numbers.number(during.store(1), "w")).isEqualTo(1.5);
                }
            }
            assertThat(average.counters()).isEqualTo(new AverageCounters(6, 6));
            assertThat(average.average(1).counters()).isEqualTo(new AverageCounters(6, 2));
        }
    }

    @Test
    void whatIsNotLiveCannotBeRead() {
        ParameterAverage average = half().build();
        try (SwappedAverage swapped = average.swap()) {
            assertThat(swapped.model()).isNotNull();
            assertThatThrownBy(average::reading).hasMessageContaining("swapped into the model");
        }
        average.reading().close();
        average.close();
        assertThatThrownBy(average::reading).hasMessage("this average is closed");
        assertThatThrownBy(average::reading).hasMessage("this average is closed"); // none was left behind
    }

    /** A half-life makes up for updates that were left out, but not for those of a life before. */
    @Test
    void whatWasSkippedBeforeARestartIsNotMadeUpForAfterIt() throws InterruptedException {
        try (ParameterAverage average = ParameterAverage.builder(model)
                .schedule(Schedules.halfLife(1))
                .offload(Offload.GATED.with(Offload.WhenBusy.SKIP))
                .build()) {
            average.update().await();
            try (AverageReading reading = average.reading()) {
                average.update(); // under way until the reading ends
                average.update();
                average.update();
                assertThat(reading.counters().calls()).isEqualTo(1);
                assertThat(average.stats().skipped()).isEqualTo(2);
            }
            average.restart();
            step(average, 1);
            assertThat(Numbers.number(average.store(), "w")).isEqualTo(0.5);
        }
    }

    @Test
    void countersAreThereWhenTheAverageIsTornInTheBackground() {
        Arena arena = Arena.ofShared();
        try (ParameterAverage average = half().offload(Offload.GATED)
                .into(WrappedStoreTest.wrap(LAYOUT, arena))
                .build()) {
            step(average, 1);
            AverageCounters complete = average.counters();
            arena.close();
            average.update();
            assertThat(average.counters().updates()).isEqualTo(complete.updates());
            assertThat(average).asString().endsWith(", torn]");
            assertThat(average.skippedElements()).isZero();
            assertThatThrownBy(average::store).hasMessageContaining("torn");
        }
    }

    @Test
    void aCloseWaitsForReadings() throws Exception {
        ParameterAverage average = inTheBackground();
        AtomicReference<AverageReading> reading = new AtomicReference<>();
        inAnotherThread(() -> reading.set(average.reading())).get();
        step(average, 4);
        Future<?> closing = inAnotherThread(average::close);
        assertThatThrownBy(() -> closing.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(Numbers.number(reading.get().store(), "w")).isZero();
        reading.get().close();
        closing.get();
        assertThatThrownBy(average::store).hasMessage("this average is closed");
    }
}
