package dev.polyak;

import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.partition.Partition;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Fills and compares stores in tests. */
public final class Numbers {
    /**
     * A model with every kind of tensor that averages treat in a way of its own, sizes that are no multiple of
     * anything, and one large.
     */
    public static final ParameterLayout MODEL = ParameterLayout.builder()
            .add(TensorSpec.parameter("conv.weight", DType.F32, 7, 5, 3, 3))
            .add(TensorSpec.parameter("fc.weight", DType.BF16, 37, 13))
            .add(TensorSpec.parameter("fc.bias", DType.F16, 13))
            .add(TensorSpec.parameter("scale", DType.F64))
            .add(TensorSpec.parameter("empty", DType.F32, 0, 3))
            .add(TensorSpec.buffer("norm.running_mean", DType.F32, 129))
            .add(TensorSpec.buffer("norm.num_batches_tracked", DType.I64))
            .add(TensorSpec.buffer("mask", DType.BOOL, 11))
            .tied("head.weight", "fc.weight")
            .add(TensorSpec.parameter("big.weight", DType.F32, 2 * Partition.ELEMENTS + 77))
            .build();

    private Numbers() {}

    public static void randomize(ParameterStore store, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < store.layout().size(); i++) {
            TensorSpec tensor = store.layout().tensor(i);
            MemorySegment segment = MemorySegment.ofArray(new byte[(int) tensor.bytes()]);
            if (tensor.dtype().isFloat()) {
                Element element = Elements.of(tensor.dtype());
                for (long j = 0; j < tensor.elements(); j++) {
                    element.putDouble(segment, j * element.bytes(), random.nextGaussian());
                }
            } else {
                for (long j = 0;
                        j < segment.byteSize();
                        j += Math.max(tensor.dtype().bits() / 8, 1)) {
                    segment.set(ValueLayout.JAVA_BYTE, j, (byte)
                            (tensor.dtype() == DType.BOOL ? random.nextInt(2) : random.nextInt(100)));
                }
            }
            store.write(i, 0, segment);
        }
    }

    public static ParameterStore random(ParameterLayout layout, long seed) {
        ParameterStore store = ParameterStore.allocate(layout, Device.cpu());
        randomize(store, seed);
        return store;
    }

    /** The name of the first tensor whose bytes differ, or an empty text. */
    static String firstDifference(ParameterStore one, ParameterStore other) {
        for (int i = 0; i < one.layout().size(); i++) {
            String name = one.layout().tensor(i).name();
            if (bytes(one, i).mismatch(bytes(other, other.layout().indexOf(name))) >= 0) {
                return name;
            }
        }
        return "";
    }

    /** The bytes of a tensor, wherever they are. */
    static MemorySegment bytes(ParameterStore store, int tensor) {
        MemorySegment bytes = MemorySegment.ofArray(
                new byte[(int) store.layout().tensor(tensor).bytes()]);
        store.read(tensor, 0, bytes);
        return bytes;
    }

    static double number(ParameterStore store, String name) {
        int tensor = store.layout().indexOf(name);
        return Elements.of(store.layout().tensor(tensor).dtype()).doubleAt(bytes(store, tensor), 0);
    }

    static void set(ParameterStore store, String name, double value) {
        int tensor = store.layout().indexOf(name);
        MemorySegment bytes = bytes(store, tensor);
        Elements.of(store.layout().tensor(tensor).dtype()).putDouble(bytes, 0, value);
        store.write(tensor, 0, bytes);
    }
}
