package dev.polyak.checkpoint.framework.scheme;

import static java.util.Objects.requireNonNull;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.WrappedStoreBuilder;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a state together: tensors of other stores under further names, which are not copied, and single numbers. Not
 * safe for use by several threads.
 */
public final class StateBuilder {
    static final ValueLayout.OfLong INTEGER = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble NUMBER = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** What {@link ParameterStore#origin} says of a tensor that is in no file. */
    private static final String NO_FILE = "memory";

    private final WrappedStoreBuilder store = ParameterStore.wrap();
    private final List<TensorSpec> numbers = new ArrayList<>();
    private final List<MemorySegment> values = new ArrayList<>();

    /** A state without entries yet. */
    public StateBuilder() {}

    /**
     * Adds all tensors of a store.
     *
     * @param prefix what to put before their names
     * @param from the store, which has to stay open as long as the state is used
     * @return this builder
     */
    public StateBuilder addAll(String prefix, ParameterStore from) {
        requireNonNull(prefix, "prefix");
        requireNonNull(from, "from");
        for (int i = 0; i < from.layout().size(); i++) {
            TensorSpec tensor = from.layout().tensor(i);
            add(prefix + tensor.name(), tensor.role(), from, i);
        }
        return this;
    }

    /**
     * Adds one tensor of a store.
     *
     * @param name its name in the state
     * @param role its role in the state
     * @param from the store, which has to stay open as long as the state is used
     * @param tensor its index there
     * @return this builder
     */
    public StateBuilder add(String name, Role role, ParameterStore from, int tensor) {
        requireNonNull(name, "name");
        requireNonNull(role, "role");
        requireNonNull(from, "from");
        TensorSpec there = from.layout().tensor(tensor);
        TensorSpec here = new TensorSpec(name, there.dtype(), there.shape(), role);
        String origin = from.origin(tensor);
        if (origin.equals(NO_FILE)) {
            store.tensor(here, HostStore.of(from).segment(tensor));
        } else {
            store.mapped(here, HostStore.of(from).segment(tensor), Path.of(origin));
        }
        return this;
    }

    /**
     * Adds a whole number, as PyTorch's {@code torch.long}.
     *
     * @param name its name
     * @param value the number
     * @return this builder
     */
    public StateBuilder integer(String name, long value) {
        requireNonNull(name, "name");
        byte[] bytes = new byte[Long.BYTES];
        MemorySegment.ofArray(bytes).set(INTEGER, 0, value);
        return number(name, DType.I64, bytes);
    }

    /**
     * Adds a number, in binary64.
     *
     * @param name its name
     * @param value the number
     * @return this builder
     */
    public StateBuilder number(String name, double value) {
        requireNonNull(name, "name");
        byte[] bytes = new byte[Double.BYTES];
        MemorySegment.ofArray(bytes).set(NUMBER, 0, value);
        return number(name, DType.F64, bytes);
    }

    /**
     * Adds a truth value.
     *
     * @param name its name
     * @param value the truth
     * @return this builder
     */
    public StateBuilder flag(String name, boolean value) {
        requireNonNull(name, "name");
        return number(name, DType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    /**
     * The state.
     *
     * @return a store of what was added so far; closing it leaves the other stores open
     * @throws IllegalArgumentException if two entries have one name
     */
    public HostStore build() {
        HostStore memory = ParameterStore.allocate(ParameterLayout.of(numbers));
        try {
            for (int i = 0; i < values.size(); i++) {
                store.tensor(numbers.get(i), memory.segment(i).copyFrom(values.get(i)));
            }
            return store.onClose(memory::close).build();
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private StateBuilder number(String name, DType dtype, byte[] bytes) {
        numbers.add(TensorSpec.buffer(name, dtype));
        values.add(MemorySegment.ofArray(bytes));
        return this;
    }
}
