package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call of the runtime fails once in turn: nothing leaks, and model and average are as before or as after. */
class CudaFaultsTest {
    private static final int INVALID_VALUE = 1;
    private static final int OUT_OF_MEMORY = 2;
    private static final ParameterLayout LAYOUT =
            ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 37), TensorSpec.parameter("v", DType.BF16, 11));

    /** What can be done with an average of a model. */
    private enum Operation {
        UPDATE(average -> average.update()),
        UPDATE_ON_A_STREAM(average -> {
            try (CudaStream stream = CudaStream.create(0)) {
                average.update(stream);
            }
        }),
        SWAP_IN_AND_OUT(average -> {
            SwappedAverage scope = average.swap();
            try {
                scope.close();
            } catch (CudaException | MemoryLostException e) {
                scope.close(); // as it says: nothing is lost, and it can be closed again
                throw e;
            }
        }),
        RESTORE(average -> {
            try (ParameterStore numbers = Numbers.random(average.layout(), 9)) {
                average.restore(new AverageCounters(5, 5), numbers);
            }
        }),
        RESTART(ParameterAverage::restart),
        VALUE(average -> average.value().close());

        final Consumer<ParameterAverage> action;

        Operation(Consumer<ParameterAverage> action) {
            this.action = action;
        }
    }

    @BeforeEach
    void requireCuda() {
        StandIn.require();
        Cuda.availability(); // now, so that no failure that a test asks for is remembered as a lack of CUDA
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void inTheSameTypes(Operation operation) {
        everyCallFails(operation, null);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void inAWiderType(Operation operation) {
        everyCallFails(operation, DType.F32);
    }

    private static void everyCallFails(Operation operation, DType kept) {
        long calls = failing(operation, kept, 0, 0);
        assertThat(calls).isPositive();
        for (int code : new int[] {INVALID_VALUE, OUT_OF_MEMORY}) {
            for (long n = 1; n <= calls; n++) {
                failing(operation, kept, n, code);
            }
        }
    }

    /** Lets the n-th call of an operation fail; none, if n is 0. Returns how many calls there were. */
    private static long failing(Operation operation, DType kept, long n, int code) {
        String where = operation + ", call " + n + " fails with " + code;
        long objects = StandIn.liveObjects();
        try (ParameterStore first = Numbers.random(LAYOUT, 1);
                ParameterStore second = Numbers.random(LAYOUT, 2)) {
            long calls;
            try (ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cuda(0))) {
                model.copyFrom(first);
                try (ParameterAverage average = Averages.of(model, kept);
                        ParameterAverage after = Averages.of(first, kept);
                        ParameterStore before = after.value()) {
                    model.copyFrom(second);
                    first.copyFrom(second);
                    (operation == Operation.UPDATE_ON_A_STREAM ? Operation.UPDATE : operation).action.accept(after);
                    long begin = StandIn.calls();
                    if (n > 0) {
                        StandIn.fail(n, code);
                    }
                    boolean failed = false;
                    try {
                        operation.action.accept(average);
                    } catch (CudaException | MemoryLostException e) {
                        failed = true;
                        assertThat(e.getMessage()).as(where).isNotEmpty();
                    }
                    calls = StandIn.calls() - begin;
                    StandIn.reset();
                    assertThat(Numbers.firstDifference(model, second)).as(where).isEmpty();
                    MemoryStore numbers = average.average(0).memory();
                    boolean old = Numbers.firstDifference(numbers, before).isEmpty();
                    boolean renewed = Numbers.firstDifference(
                                    numbers, after.average(0).memory())
                            .isEmpty();
                    assertThat(old || renewed || isTorn(average)).as(where).isTrue();
                    if (!failed) {
                        assertThat(renewed).as(where).isTrue();
                        assertThat(average.counters()).isEqualTo(after.counters());
                    }
                    average.restart(); // whatever happened, it can go on
                    assertThat(isTorn(average)).isFalse();
                }
            }
            assertThat(StandIn.liveBytes()).as(where + ": " + StandIn.report()).isZero();
            if (n > 0) {
                assertThat(StandIn.liveObjects())
                        .as(where + ": " + StandIn.report())
                        .isEqualTo(objects);
            }
            return calls;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void aCloseThatCannotBringTheModelBackMayBeRepeated(DType kept) {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 37));
        try (ParameterStore raw = Numbers.random(layout, 1);
                ParameterStore model = ParameterStore.allocate(layout, Device.cuda(0))) {
            model.copyFrom(raw);
            long before = StandIn.liveBytes();
            ParameterAverage average = Averages.of(model, kept);
            Numbers.randomize(raw, 2);
            model.copyFrom(raw);
            average.swap();
            StandIn.fail(1, INVALID_VALUE);
            assertThatThrownBy(average::close).isInstanceOfAny(CudaException.class, MemoryLostException.class);
            StandIn.reset();
            assertThat(Numbers.firstDifference(average.model(), raw)).isEmpty();
            average.close();
            average.close();
            assertThat(Numbers.firstDifference(model, raw)).isEmpty();
            assertThat(StandIn.liveBytes()).isEqualTo(before);
        }
    }

    private static boolean isTorn(ParameterAverage average) {
        try {
            average.store();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
