package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.NonFiniteException;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    private static final int MANY = (1 << 17) + 5; // more than a piece that is converted at once

    @Test
    void plainArraysGoInAndOutByNameAndByNumber() {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("f32", DType.F32, MANY),
                TensorSpec.parameter("f64", DType.F64, MANY),
                TensorSpec.parameter("bf16", DType.BF16, MANY),
                TensorSpec.parameter("f16", DType.F16, MANY));
        float[] floats = new float[MANY];
        double[] doubles = new double[MANY];
        Random random = new Random(3);
        for (int i = 0; i < MANY; i++) {
            floats[i] = (float) random.nextGaussian();
            doubles[i] = random.nextGaussian();
        }
        ParameterStore store = store(layout);
        for (TensorSpec tensor : layout.tensors()) {
            Element element = Elements.of(tensor.dtype());
            MemorySegment one = MemorySegment.ofArray(new byte[Double.BYTES]);
            float[] floatsBack = new float[MANY];
            double[] doublesBack = new double[MANY];
            store.write(tensor.name(), floats);
            store.read(layout.indexOf(tensor.name()), floatsBack);
            store.read(tensor.name(), doublesBack);
            for (int i = 0; i < MANY; i++) {
                element.putDouble(one, 0, floats[i]); // rounds once
                assertThat(floatsBack[i]).isEqualTo((float) element.doubleAt(one, 0));
                assertThat(doublesBack[i]).isEqualTo(element.doubleAt(one, 0));
            }
            store.write(layout.indexOf(tensor.name()), doubles);
            store.read(tensor.name(), doublesBack);
            for (int i = 0; i < MANY; i++) {
                element.putDouble(one, 0, doubles[i]);
                assertThat(doublesBack[i]).isEqualTo(element.doubleAt(one, 0));
            }
        }
    }

    @Test
    void arraysAreRoundedOnceAndToEven() {
        ParameterStore store = store(ParameterLayout.of(TensorSpec.parameter("w", DType.BF16, 4)));
        double tie = 1 + 0x1p-8;
        store.write("w", new double[] {tie, tie + 0x1p-40, tie + 0x1p-7, Double.NaN});
        float[] back = new float[4];
        store.read("w", back);
        // By way of float, the second would be a tie, and 1.
        assertThat(back).containsExactly(1, 1 + 0x1p-7f, 1 + 0x1p-6f, Float.NaN);
    }

    @Test
    void bytesGoInAndOutThroughBuffers() {
        ParameterStore store = store(Numbers.MODEL);
        ByteBuffer steps =
                ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(1, 42);
        store.write("norm.num_batches_tracked", steps.slice(1, 8));
        ByteBuffer back = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        store.read("norm.num_batches_tracked", back);
        assertThat(back.getLong(0)).isEqualTo(42);
        assertThat(back.position()).isZero();
        assertThatThrownBy(() -> store.write("norm.num_batches_tracked", steps))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'norm.num_batches_tracked' has 8 bytes, the buffer 10");
        assertThatThrownBy(() -> store.read("norm.num_batches_tracked", back.asReadOnlyBuffer()))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        ParameterStore store = store(Numbers.MODEL);
        assertThatThrownBy(() -> store.write("fc.bias", new float[12]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'fc.bias' has 13 elements, the array 12");
        assertThatThrownBy(() -> store.read("fc.bias", new double[14]))
                .hasMessage("tensor 'fc.bias' has 13 elements, the array 14");
        assertThatThrownBy(() -> store.write("norm.num_batches_tracked", new float[1]))
                .hasMessageContaining("is I64, which an array of floats or doubles does not hold");
        assertThatThrownBy(() -> store.write("fc.bais", new float[13]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no tensor 'fc.bais': did you mean 'fc.bias'?");
        assertThatThrownBy(() -> store.write(-1, new float[13]))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("indexOf gives -1 for a wrong name");
        assertThatThrownBy(() -> store.read("nothing", 0, MemorySegment.ofArray(new byte[1])))
                .hasMessageContaining("there is no tensor 'nothing': the 10 tensors are 'conv.weight', ");
    }

    @Test
    void saysWhatItIs() {
        ParameterStore store = store(ParameterLayout.builder()
                .add(TensorSpec.parameter("w", DType.F32, 600))
                .add(TensorSpec.buffer("n", DType.I64))
                .tied("head.w", "w")
                .build());
        assertThat(store.toString())
                .startsWith(store instanceof HostStore ? "HostStore[" : "ParameterStore[")
                .contains("[3 tensors, 601 elements, 2.4 KiB, ")
                .contains("F32")
                .contains("I64")
                .contains(store.device().toString())
                .doesNotContain("closed");
        store.close();
        assertThat(store.toString()).endsWith(", closed]");
    }
}
