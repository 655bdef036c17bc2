package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What every store does, wherever its memory comes from. */
abstract class StoreContract {
    abstract ParameterStore store(ParameterLayout layout);

    @Test
    void aCopyHasTheSameBits() {
        try (ParameterStore source = Numbers.random(Numbers.MODEL, 1)) {
            ParameterStore store = store(Numbers.MODEL);
            store.copyFrom(source);
            assertThat(Numbers.firstDifference(store, source)).isEmpty();
            try (ParameterStore back = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
                back.copyFrom(store);
                assertThat(Numbers.firstDifference(back, source)).isEmpty();
            }
        }
    }

    @Test
    void aWiderCopyComesBackInTheSameBits() {
        try (ParameterStore wide = ParameterStore.allocate(
                        Numbers.MODEL.map(tensor -> tensor.dtype().isFloat() ? tensor.as(DType.F64) : tensor),
                        Device.cpu());
                ParameterStore back = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            ParameterStore store = store(Numbers.MODEL);
            Numbers.randomize(store, 2);
            wide.copyFrom(store);
            back.copyFrom(wide);
            assertThat(Numbers.firstDifference(back, store)).isEmpty();
        }
    }

    @Test
    void aSwapExchangesEveryBit() {
        try (ParameterStore other = Numbers.random(Numbers.MODEL, 1);
                ParameterStore first = Numbers.random(Numbers.MODEL, 1);
                ParameterStore second = Numbers.random(Numbers.MODEL, 2)) {
            ParameterStore store = store(Numbers.MODEL);
            store.copyFrom(second);
            store.swap(other);
            assertThat(Numbers.firstDifference(store, first)).isEmpty();
            assertThat(Numbers.firstDifference(other, second)).isEmpty();
            other.swap(store);
            assertThat(Numbers.firstDifference(other, first)).isEmpty();
        }
    }

    @Test
    void checksComeBeforeTheFirstWrite() {
        ParameterLayout less = ParameterLayout.of(Numbers.MODEL.tensor(0));
        ParameterLayout wider =
                Numbers.MODEL.map(tensor -> tensor.as(tensor.dtype() == DType.F16 ? DType.F32 : tensor.dtype()));
        try (ParameterStore small = Numbers.random(less, 1);
                ParameterStore wide = Numbers.random(wider, 1);
                ParameterStore before = Numbers.random(Numbers.MODEL, 2)) {
            ParameterStore store = store(Numbers.MODEL);
            store.copyFrom(before);
            assertThatThrownBy(() -> store.copyFrom(small)).hasMessageContaining("lacks 'fc.weight'");
            assertThatThrownBy(() -> store.swap(small)).hasMessageContaining("lacks 'fc.weight'");
            assertThatThrownBy(() -> store.swap(wide)).hasMessageContaining("'fc.bias' as F32 instead of F16");
            assertThatThrownBy(() -> store.segment("nothing")).hasMessage("there is no tensor 'nothing'");
            assertThat(Numbers.firstDifference(store, before)).isEmpty();
        }
    }

    @Test
    void averagesFollowIt() {
        try (ParameterStore reference = Numbers.random(Numbers.MODEL, 1);
                ParameterAverage expected = Averages.of(reference)) {
            ParameterStore store = store(Numbers.MODEL);
            Numbers.randomize(store, 1);
            try (ParameterAverage average = Averages.of(store)) {
                for (int step = 2; step < 6; step++) {
                    Numbers.randomize(store, step);
                    Numbers.randomize(reference, step);
                    average.update();
                    expected.update();
                    assertThat(Numbers.firstDifference(average.store(), expected.store()))
                            .isEmpty();
                }
            }
        }
    }
}
