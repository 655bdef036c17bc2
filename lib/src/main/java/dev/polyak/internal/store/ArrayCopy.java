package dev.polyak.internal.store;

import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.internal.kernel.UpdateKernel;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;

/**
 * Between tensors and Java arrays. Where the types differ, elements pass through native memory, since loops that
 * convert read and write addresses.
 */
public final class ArrayCopy {
    private static final int PIECE_ELEMENTS = 1 << 16;

    private ArrayCopy() {}

    /** A store in host memory, filled from an array for each of its floating-point tensors. */
    public static HostMemoryStore toStore(ParameterLayout layout, Map<String, float[]> arrays) {
        float[][] ofOwner = new float[layout.size()][];
        arrays.forEach((name, array) -> {
            int owner = layout.ownerOf(layout.requireIndex(name));
            if (ofOwner[owner] != null && !Arrays.equals(ofOwner[owner], array)) {
                throw new IllegalArgumentException("'" + name + "' is tied to another tensor whose array has other"
                        + " numbers: give one array for both");
            }
            ofOwner[owner] = array;
        });
        for (int i = 0; i < ofOwner.length; i++) {
            TensorSpec tensor = layout.tensor(i);
            if (layout.ownerOf(i) == i && tensor.dtype().isFloat() && ofOwner[i] == null) {
                throw new IllegalArgumentException("there is no array for tensor '" + tensor.name() + "'");
            }
        }
        HostMemoryStore store = HostMemoryStore.allocate(layout);
        try {
            for (int i = 0; i < ofOwner.length; i++) {
                if (ofOwner[i] != null) {
                    store.write(i, ofOwner[i]);
                }
            }
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Copies all elements of an array to a tensor. */
    static void write(MemoryStore store, int tensor, MemorySegment array, DType type) {
        TensorSpec spec = requireSame(store, tensor, array, type);
        if (spec.dtype() == type) {
            store.write(tensor, 0, array);
            return;
        }
        try (Pieces pieces = new Pieces(type, spec)) {
            for (long done = 0; done < spec.elements(); done += PIECE_ELEMENTS) {
                int count = (int) Math.min(PIECE_ELEMENTS, spec.elements() - done);
                pieces.ofArray.copyFrom(array.asSlice(done * type.bits() / 8, (long) count * type.bits() / 8));
                pieces.kernel.convert(
                        Elements.of(type), pieces.ofArray, 0, Elements.of(spec.dtype()), pieces.ofTensor, 0, count);
                store.write(tensor, done * spec.dtype().bits() / 8, pieces.ofTensor(count));
            }
        }
    }

    /** Copies all elements of a tensor to an array. */
    static void read(MemoryStore store, int tensor, MemorySegment array, DType type) {
        TensorSpec spec = requireSame(store, tensor, array, type);
        if (spec.dtype() == type) {
            store.read(tensor, 0, array);
            return;
        }
        try (Pieces pieces = new Pieces(type, spec)) {
            for (long done = 0; done < spec.elements(); done += PIECE_ELEMENTS) {
                int count = (int) Math.min(PIECE_ELEMENTS, spec.elements() - done);
                store.read(tensor, done * spec.dtype().bits() / 8, pieces.ofTensor(count));
                pieces.kernel.convert(
                        Elements.of(spec.dtype()), pieces.ofTensor, 0, Elements.of(type), pieces.ofArray, 0, count);
                long bytes = (long) count * type.bits() / 8;
                MemorySegment.copy(pieces.ofArray, 0, array, done * type.bits() / 8, bytes);
            }
        }
    }

    private static TensorSpec requireSame(MemoryStore store, int tensor, MemorySegment array, DType type) {
        TensorSpec spec = store.layout().tensor(tensor);
        if (!spec.dtype().isFloat()) {
            throw new IllegalArgumentException("tensor '" + spec.name() + "' is " + spec.dtype()
                    + ", which an array of floats or doubles does not hold: copy its bytes with a ByteBuffer");
        }
        long elements = array.byteSize() * 8 / type.bits();
        if (elements != spec.elements()) {
            throw new IllegalArgumentException(
                    "tensor '" + spec.name() + "' has " + spec.elements() + " elements, the array " + elements);
        }
        return spec;
    }

    /** Native memory for some elements, in the array's type and in the tensor's. */
    private static final class Pieces implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final UpdateKernel kernel = new UpdateKernel(Backend.get().kernels());
        private final MemorySegment ofArray;
        private final MemorySegment ofTensor;
        private final int tensorBits;

        Pieces(DType type, TensorSpec spec) {
            long most = Math.min(PIECE_ELEMENTS, spec.elements());
            tensorBits = spec.dtype().bits();
            ofArray = arena.allocate(most * type.bits() / 8, ParameterLayout.ALIGNMENT);
            ofTensor = arena.allocate(most * tensorBits / 8, ParameterLayout.ALIGNMENT);
        }

        MemorySegment ofTensor(int count) {
            return ofTensor.asSlice(0, (long) count * tensorBits / 8);
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
