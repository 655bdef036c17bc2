package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tensors at odd addresses, in an order of their own. */
class WrappedStoreTest extends StoreContract {
    private static final TensorSpec TENSOR = TensorSpec.parameter("w", DType.F32, 4);

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    @Override
    ParameterStore make(ParameterLayout layout) {
        return wrap(layout, arena);
    }

    @Test
    void confinedMemoryIsUsedByItsThreadAlone() {
        try (Arena confined = Arena.ofConfined();
                ParameterStore source = Numbers.random(Numbers.MODEL, 1)) {
            ParameterStore store = wrap(Numbers.MODEL, confined);
            store.copyFrom(source);
            assertThat(Numbers.firstDifference(store, source)).isEmpty();
        }
    }

    @Test
    void heapSegmentsAndWrongSizesAreRefused() {
        assertThatThrownBy(() -> ParameterStore.wrap().tensor(TENSOR, MemorySegment.ofArray(new float[4])))
                .hasMessageContaining("'w' is on the Java heap");
        assertThatThrownBy(() ->
                        ParameterStore.wrap().tensor(TENSOR, Arena.ofAuto().allocate(12)))
                .hasMessageContaining("needs 16 bytes, its segment has 12");
    }

    @Test
    void partialOverlapsAreRefusedAndAliasesAreOneTensor() {
        MemorySegment memory = Arena.ofAuto().allocate(64);
        TensorSpec other = TensorSpec.parameter("v", DType.F32, 4);
        assertThatThrownBy(() -> ParameterStore.wrap()
                        .tensor(TENSOR, memory.asSlice(0, 16))
                        .tensor(other, memory.asSlice(12, 16))
                        .build())
                .hasMessageContaining("share some of their memory");
        assertThatThrownBy(() -> ParameterStore.wrap()
                        .tensor(TENSOR, memory.asSlice(0, 16))
                        .tensor(TensorSpec.parameter("v", DType.I32, 4), memory.asSlice(0, 16))
                        .build())
                .hasMessageContaining("share some of their memory");
        ParameterStore store = ParameterStore.wrap()
                .tensor(TENSOR, memory.asSlice(16, 16))
                .tensor(other, memory.asSlice(16, 16))
                .build();
        assertThat(store.layout().ownerOf(1)).isZero();
    }

    static ParameterStore wrap(ParameterLayout layout, Arena arena) {
        WrappedStoreBuilder builder = ParameterStore.wrap();
        Map<Integer, MemorySegment> segments = new HashMap<>();
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            int skew = i % 7;
            MemorySegment segment = segments.computeIfAbsent(
                    layout.ownerOf(i),
                    owner -> arena.allocate(tensor.bytes() + 8, 8).asSlice(skew, tensor.bytes()));
            builder.tensor(tensor, segment);
        }
        return builder.build();
    }
}
