package dev.polyak.gpucheck.check;

import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/** Counts what was compared, and remembers the first difference. */
public final class Comparison {
    private static final int PIECE_BYTES = 1 << 20;

    private final MemorySegment expectedPiece = MemorySegment.ofArray(new byte[PIECE_BYTES]);
    private final MemorySegment foundPiece = MemorySegment.ofArray(new byte[PIECE_BYTES]);
    private long values;
    private String difference = "";

    /** How many values were compared. */
    long values() {
        return values;
    }

    /** All that was compared; nothing is no proof. */
    Outcome outcome(String name) {
        boolean passed = difference.isEmpty() && values > 0;
        return new Outcome(name, passed, values, passed || values > 0 ? difference : "nothing was compared");
    }

    /** Two numbers must be the same. */
    void same(String where, long expected, long found) {
        values++;
        if (expected != found) {
            differs(where + ": " + found + " instead of " + expected);
        }
    }

    /** The tensors of two stores must have the same bits; any NaN equals any other. */
    void sameNumbers(String where, ParameterStore expected, ParameterStore found) {
        same(where, expected, found, true);
    }

    /** The tensors of two stores must have the same bits. */
    void sameBits(String where, ParameterStore expected, ParameterStore found) {
        same(where, expected, found, false);
    }

    private void same(String where, ParameterStore expected, ParameterStore found, boolean anyNaN) {
        for (int i = 0; i < expected.layout().size(); i++) {
            TensorSpec tensor = expected.layout().tensor(i);
            int there = found.layout().indexOf(tensor.name());
            for (long at = 0; at < tensor.bytes(); at += PIECE_BYTES) {
                long bytes = Math.min(PIECE_BYTES, tensor.bytes() - at);
                MemorySegment one = expectedPiece.asSlice(0, bytes);
                MemorySegment other = foundPiece.asSlice(0, bytes);
                expected.read(i, at, one);
                found.read(there, at, other);
                compare(where, tensor, at, one, other, anyNaN);
            }
            values += tensor.elements();
        }
    }

    private void compare(
            String where, TensorSpec tensor, long at, MemorySegment one, MemorySegment other, boolean anyNaN) {
        long first = one.mismatch(other);
        if (first < 0) {
            return;
        }
        DType type = tensor.dtype();
        int size = type.bits() / Byte.SIZE;
        for (long i = first / size; i < one.byteSize() / size; i++) {
            long expected = Bits.get(one, type, i);
            long found = Bits.get(other, type, i);
            if (expected != found && !(anyNaN && Bits.isNaN(type, expected) && Bits.isNaN(type, found))) {
                differs("%s: element %d of %s is 0x%x instead of 0x%x"
                        .formatted(where, at / size + i, tensor, found, expected));
                return;
            }
        }
    }

    private void differs(String what) {
        if (difference.isEmpty()) {
            difference = what;
        }
    }
}
