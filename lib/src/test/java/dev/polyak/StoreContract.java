package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.NonFiniteException;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store does, wherever its memory comes from. */
abstract class StoreContract {
    private final List<ParameterStore> opened = new ArrayList<>();

    abstract ParameterStore make(ParameterLayout layout);

    /** A store that is closed after the test. */
    final ParameterStore store(ParameterLayout layout) {
        ParameterStore store = make(layout);
        opened.add(store);
        return store;
    }

    @AfterEach
    final void closeStores() {
        opened.forEach(ParameterStore::close);
    }

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
                ParameterAverage expected = Averages.of(reference, null)) {
            ParameterStore store = store(Numbers.MODEL);
            Numbers.randomize(store, 1);
            try (ParameterAverage average = Averages.of(store, null)) {
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

    @Test
    void anAverageIsSwappedInAndOut() {
        ParameterStore store = store(Numbers.MODEL);
        for (DType kept : new DType[] {null, DType.F32}) {
            Numbers.randomize(store, 1);
            try (ParameterStore reference = Numbers.random(Numbers.MODEL, 1);
                    ParameterAverage expected = Averages.of(reference, kept);
                    ParameterAverage average = Averages.of(store, kept);
                    ParameterStore model = Numbers.random(Numbers.MODEL, 2)) {
                store.copyFrom(model);
                reference.copyFrom(model);
                average.update();
                expected.update();
                try (SwappedAverage here = average.swap();
                        SwappedAverage there = expected.swap()) {
                    assertThat(Numbers.firstDifference(store, reference)).isEmpty();
                    assertThat(Numbers.firstDifference(here.model(), there.model()))
                            .isEmpty();
                    assertThat(Numbers.firstDifference(here.average(0), there.average(0)))
                            .isEmpty();
                }
                assertThat(Numbers.firstDifference(store, model)).isEmpty();
                assertThat(Numbers.firstDifference(average.store(), expected.store()))
                        .isEmpty();
            }
        }
    }

    @Test
    void anAverageIsSavedAndGoesOn() {
        try (ParameterStore reference = Numbers.random(Numbers.MODEL, 1);
                ParameterAverage expected = Averages.of(reference, null)) {
            ParameterStore store = store(Numbers.MODEL);
            Numbers.randomize(store, 1);
            try (ParameterAverage first = Averages.of(store, null);
                    ParameterAverage second = Averages.of(store, null)) {
                Numbers.randomize(store, 2);
                Numbers.randomize(reference, 2);
                first.update();
                expected.update();
                second.restore(first.counters(), first.store());
                second.update();
                expected.update();
                try (ParameterStore value = second.value()) {
                    assertThat(Numbers.firstDifference(value, expected.store())).isEmpty();
                }
                assertThat(second.counters()).isEqualTo(expected.counters());
            }
        }
    }

    @Test
    void bytesAreReadAndWritten() {
        ParameterStore store = store(Numbers.MODEL);
        Numbers.randomize(store, 1);
        int tensor = Numbers.MODEL.indexOf("conv.weight");
        MemorySegment before = Numbers.bytes(store, tensor);
        MemorySegment piece = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5});
        store.write(tensor, 7, piece);
        MemorySegment back = MemorySegment.ofArray(new byte[5]);
        store.read(tensor, 7, back);
        assertThat(back.mismatch(piece)).isEqualTo(-1);
        MemorySegment after = Numbers.bytes(store, tensor);
        MemorySegment.copy(piece, 0, before, 7, 5);
        assertThat(after.mismatch(before)).isEqualTo(-1);
        assertThatThrownBy(() -> store.read(tensor, before.byteSize() - 4, back))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("'conv.weight' has " + before.byteSize() + " bytes, not 5 from byte");
        assertThatThrownBy(() -> store.write(tensor, -1, piece)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void oneOfSeveralNumbersIsFound() {
        ParameterStore store = store(Numbers.MODEL);
        Numbers.randomize(store, 1);
        for (NonFinitePolicy policy : NonFinitePolicy.values()) {
            Numbers.randomize(store, 1);
            try (ParameterAverage average = ParameterAverage.builder(store)
                            .schedule(Schedules.decay(0.9))
                            .nonFinite(policy)
                            .build();
                    ParameterStore before = average.value()) {
                Numbers.randomize(store, 2);
                Numbers.set(store, "fc.weight", Double.NaN);
                switch (policy) {
                    case FOLD -> {
                        average.update();
                        assertThat(Numbers.number(average.store(), "fc.weight")).isNaN();
                    }
                    case SKIP_ELEMENT -> {
                        average.update();
                        assertThat(average.skippedElements()).isEqualTo(1);
                        assertThat(Numbers.number(average.store(), "fc.weight"))
                                .isEqualTo(Numbers.number(before, "fc.weight"));
                        assertThat(Numbers.firstDifference(average.store(), before))
                                .isNotEmpty();
                    }
                    case SKIP_UPDATE -> {
                        average.update();
                        assertThat(average.skippedUpdates()).isEqualTo(1);
                        assertThat(Numbers.firstDifference(average.store(), before))
                                .isEmpty();
                    }
                    case ABORT -> {
                        assertThatThrownBy(average::update)
                                .isInstanceOf(NonFiniteException.class)
                                .hasMessageContaining("1 infinite or NaN elements, in tensor 'fc.weight'");
                        assertThat(Numbers.firstDifference(average.store(), before))
                                .isEmpty();
                    }
                }
            }
        }
    }
}
