package dev.polyak.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The one parent of what the library throws while it works. */
class PolyakExceptionTest {
    private static final TensorSpec TENSOR = TensorSpec.parameter("w", DType.F32, 1);

    /** A switch over the children needs no default: whoever handles them is told by the compiler of a new one. */
    @Test
    void allChildrenAreKnown() {
        assertThat(kind(new NonFiniteException("w"))).isEqualTo("numbers");
        assertThat(kind(new MemoryLostException("w", new InternalError()))).isEqualTo("memory");
    }

    private static String kind(PolyakException failure) {
        return switch (failure) {
            case CudaException e -> "device";
            case MemoryLostException e -> "memory";
            case NonFiniteException e -> "numbers";
            case UpdateFailedException e -> "background";
        };
    }

    @Test
    void lostMemoryAndBadNumbersAreCaughtAlike() {
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate(Float.BYTES, Float.BYTES);
        ParameterStore model = ParameterStore.wrap().tensor(TENSOR, memory).build();
        try (ParameterAverage ema = ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.5))
                .nonFinite(NonFinitePolicy.ABORT)
                .build()) {
            memory.set(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
            assertThatThrownBy(ema::update).isInstanceOf(PolyakException.class).isInstanceOf(NonFiniteException.class);
            arena.close();
            assertThatThrownBy(ema::update).isInstanceOf(PolyakException.class).isInstanceOf(MemoryLostException.class);
        }
    }
}
