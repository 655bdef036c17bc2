package dev.polyak.checkpoint.framework.scheme;

import static java.util.Objects.requireNonNull;

import dev.polyak.HostStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The entries of a state by name.
 *
 * @param state the state
 */
public record Entries(HostStore state) {
    /**
     * Refuses nulls.
     *
     * @param state the state
     */
    public Entries {
        requireNonNull(state, "state");
    }

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    boolean has(String name) {
        return state.layout().indexOf(name) >= 0;
    }

    boolean hasPart(String prefix) {
        return state.layout().tensors().stream().anyMatch(tensor -> isIn(prefix, tensor));
    }

    /**
     * A part of the state.
     *
     * @param prefix what the names of its entries begin with
     * @return a store of these, without that beginning: nothing is copied; empty if there are none
     */
    public Optional<HostStore> part(String prefix) {
        requireNonNull(prefix, "prefix");
        ParameterLayout layout = state.layout();
        StateBuilder part = new StateBuilder();
        boolean any = false;
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            if (isIn(prefix, tensor)) {
                any = true;
                part.add(tensor.name().substring(prefix.length()), tensor.role(), state, i);
            }
        }
        return any ? Optional.of(part.build()) : Optional.empty();
    }

    HostStore requirePart(String prefix) throws SchemeException {
        return part(prefix).orElseThrow(() -> new SchemeException("has no '" + prefix + "*'; " + Naming.OTHER_SCHEME));
    }

    /**
     * A number of calls, steps or the like.
     *
     * @param name its name
     * @return the number, from 0 to 2³²; empty if there is no such entry
     * @throws SchemeException if the entry is something else
     */
    public OptionalLong count(String name) throws SchemeException {
        requireNonNull(name, "name");
        if (!has(name)) {
            return OptionalLong.empty();
        }
        MemorySegment segment = state.segment(name);
        TensorSpec tensor = spec(name);
        if (tensor.elements() == 1) {
            long value = switch (tensor.dtype()) {
                case I64 -> segment.get(StateBuilder.INTEGER, 0);
                case I32 -> segment.get(INT, 0);
                default -> -1;
            };
            if (value >= 0 && value <= CallCounter.MOST) {
                return OptionalLong.of(value);
            }
        }
        throw wrong(name, "one whole number from 0 to " + CallCounter.MOST + ", in I64 or I32");
    }

    long requireCount(String name) throws SchemeException {
        return count(name).orElseThrow(() -> new SchemeException("has no '" + name + "'; " + Naming.OTHER_SCHEME));
    }

    /**
     * A number.
     *
     * @param name its name
     * @return the number; empty if there is no such entry
     * @throws SchemeException if the entry is something else
     */
    public OptionalDouble number(String name) throws SchemeException {
        requireNonNull(name, "name");
        if (!has(name)) {
            return OptionalDouble.empty();
        }
        MemorySegment segment = state.segment(name);
        TensorSpec tensor = spec(name);
        if (tensor.elements() == 1 && tensor.dtype() == DType.F64) {
            return OptionalDouble.of(segment.get(StateBuilder.NUMBER, 0));
        }
        if (tensor.elements() == 1 && tensor.dtype() == DType.F32) {
            return OptionalDouble.of(segment.get(FLOAT, 0));
        }
        throw wrong(name, "one number, in F64 or F32");
    }

    /**
     * A truth value.
     *
     * @param name its name
     * @return the truth; empty if there is no such entry
     * @throws SchemeException if the entry is something else
     */
    public Optional<Boolean> flag(String name) throws SchemeException {
        requireNonNull(name, "name");
        if (!has(name)) {
            return Optional.empty();
        }
        TensorSpec tensor = spec(name);
        if (tensor.elements() == 1 && (tensor.dtype() == DType.BOOL || tensor.dtype() == DType.U8)) {
            return Optional.of(state.segment(name).get(ValueLayout.JAVA_BYTE, 0) != 0);
        }
        throw wrong(name, "one truth value, in BOOL or U8");
    }

    boolean requireFlag(String name) throws SchemeException {
        return flag(name).orElseThrow(() -> new SchemeException("has no '" + name + "'; " + Naming.OTHER_SCHEME));
    }

    private TensorSpec spec(String name) {
        return state.layout().tensor(state.layout().indexOf(name));
    }

    private SchemeException wrong(String name, String wanted) {
        TensorSpec tensor = spec(name);
        return new SchemeException("has '" + name + "' as " + tensor.dtype() + " " + tensor.shape()
                + " where it should be " + wanted + "; save it again");
    }

    private static boolean isIn(String prefix, TensorSpec tensor) {
        return tensor.name().length() > prefix.length() && tensor.name().startsWith(prefix);
    }
}
