package dev.polyak;

import dev.polyak.internal.kernel.Element;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Fills and compares stores in tests. */
final class Numbers {
    /**
     * A model with every kind of tensor that averages treat in a way of its own, sizes that are no multiple of
     * anything, and one large.
     */
    static final ParameterLayout MODEL = ParameterLayout.builder()
            .add(TensorSpec.parameter("conv.weight", DType.F32, 7, 5, 3, 3))
            .add(TensorSpec.parameter("fc.weight", DType.BF16, 37, 13))
            .add(TensorSpec.parameter("fc.bias", DType.F16, 13))
            .add(TensorSpec.parameter("scale", DType.F64))
            .add(TensorSpec.parameter("empty", DType.F32, 0, 3))
            .add(TensorSpec.buffer("norm.running_mean", DType.F32, 129))
            .add(TensorSpec.buffer("norm.num_batches_tracked", DType.I64))
            .add(TensorSpec.buffer("mask", DType.BOOL, 11))
            .tied("head.weight", "fc.weight")
            .add(TensorSpec.parameter("big.weight", DType.F32, 2 * Pieces.ELEMENTS + 77))
            .build();

    private Numbers() {}

    static void randomize(ParameterStore store, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < store.layout().size(); i++) {
            TensorSpec tensor = store.layout().tensor(i);
            MemorySegment segment = store.segment(i);
            if (tensor.dtype().isFloat()) {
                Element element = Elements.of(tensor.dtype());
                for (long j = 0; j < tensor.elements(); j++) {
                    element.putDouble(segment, j * element.bytes(), random.nextGaussian());
                }
            } else {
                for (long j = 0; j < segment.byteSize(); j += tensor.dtype().bits() / 8) {
                    segment.set(ValueLayout.JAVA_BYTE, j, (byte)
                            (tensor.dtype() == DType.BOOL ? random.nextInt(2) : random.nextInt(100)));
                }
            }
        }
    }

    static ParameterStore random(ParameterLayout layout, long seed) {
        ParameterStore store = ParameterStore.allocate(layout, Device.cpu());
        randomize(store, seed);
        return store;
    }

    /** The name of the first tensor whose bytes differ, or an empty text. */
    static String firstDifference(ParameterStore one, ParameterStore other) {
        for (int i = 0; i < one.layout().size(); i++) {
            String name = one.layout().tensor(i).name();
            if (one.segment(i).mismatch(other.segment(name)) >= 0) {
                return name;
            }
        }
        return "";
    }

    static double number(ParameterStore store, String name) {
        TensorSpec tensor = store.layout().tensor(store.layout().indexOf(name));
        return Elements.of(tensor.dtype()).doubleAt(store.segment(name), 0);
    }

    static void set(ParameterStore store, String name, double value) {
        TensorSpec tensor = store.layout().tensor(store.layout().indexOf(name));
        Elements.of(tensor.dtype()).putDouble(store.segment(name), 0, value);
    }
}
