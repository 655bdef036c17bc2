package dev.polyak.cli.demo;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The numbers of one tensor, in the memory of its store: what the library writes there, the model sees.
 *
 * @param memory binary32 numbers
 */
record Tensor(MemorySegment memory) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

    static Tensor of(ParameterStore store, String name) {
        return new Tensor(HostStore.of(store).segment(name));
    }

    int size() {
        return Math.toIntExact(memory.byteSize() / Float.BYTES);
    }

    float get(int i) {
        return memory.getAtIndex(FLOAT, i);
    }

    void set(int i, float value) {
        memory.setAtIndex(FLOAT, i, value);
    }

    void fill(float value) {
        for (int i = 0; i < size(); i++) {
            set(i, value);
        }
    }
}
