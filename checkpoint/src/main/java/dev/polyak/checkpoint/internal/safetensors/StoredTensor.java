package dev.polyak.checkpoint.internal.safetensors;

import dev.polyak.tensor.TensorSpec;

/**
 * A tensor in a file, in one piece.
 *
 * @param spec what it is; its role is not known yet
 * @param begin its first byte
 */
public record StoredTensor(TensorSpec spec, long begin) {

    /** The byte after its last. */
    long end() {
        return begin + spec.bytes();
    }

    StoredTensor shifted(long bytes) {
        return new StoredTensor(spec, begin + bytes);
    }
}
