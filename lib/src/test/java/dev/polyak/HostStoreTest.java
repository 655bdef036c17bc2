package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostStoreTest extends StoreContract {
    @Override
    ParameterStore make(ParameterLayout layout) {
        return ParameterStore.allocate(layout, Device.cpu());
    }

    @Test
    void isAlignedZeroAndFreedOnce() {
        ParameterStore store = store(Numbers.MODEL);
        for (int i = 0; i < store.layout().size(); i++) {
            assertThat(HostStore.of(store).segment(i).address() % ParameterLayout.ALIGNMENT)
                    .isZero();
            assertThat(HostStore.of(store)
                            .segment(i)
                            .mismatch(MemorySegment.ofArray(
                                    new byte
                                            [(int) HostStore.of(store)
                                                    .segment(i)
                                                    .byteSize()])))
                    .isEqualTo(-1);
        }
        store.close();
        store.close();
        assertThatThrownBy(() -> HostStore.of(store).segment(0).fill((byte) 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        ParameterLayout huge = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1L << 50));
        assertThatThrownBy(() -> store(huge))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining(" " + (1L << 52) + " bytes")
                .hasMessageContaining("-XX:MaxDirectMemorySize");
    }

    @Test
    void aWholeModelIsCopiedFromArrays() {
        ParameterLayout layout = ParameterLayout.builder()
                .add(TensorSpec.parameter("w", DType.F32, 2, 2))
                .add(TensorSpec.parameter("b", DType.BF16, 2))
                .add(TensorSpec.buffer("n", DType.I64))
                .tied("head.w", "w")
                .build();
        float[] w = {1, 2, 3, 4};
        try (HostStore model = ParameterStore.copyOf(layout, Map.of("head.w", w, "b", new float[] {5, 6}))) {
            w[0] = 9; // it is a copy
            float[] back = new float[4];
            model.read("w", back);
            assertThat(back).containsExactly(1, 2, 3, 4);
            assertThat(model.segment("n").get(ValueLayout.JAVA_LONG, 0)).isZero();
        }
        assertThatThrownBy(() -> ParameterStore.copyOf(layout, Map.of("w", w)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no array for tensor 'b'");
        assertThatThrownBy(() -> ParameterStore.copyOf(layout, Map.of("w", w, "b", new float[2], "hedd.w", w)))
                .hasMessageContaining("did you mean 'head.w'?");
        assertThatThrownBy(() -> ParameterStore.copyOf(
                        layout, Map.of("w", w, "b", new float[2], "head.w", new float[] {1, 2, 3, 4})))
                .hasMessageContaining("tied");
        assertThatThrownBy(() -> ParameterStore.copyOf(layout, Map.of("w", w, "b", new float[3])))
                .hasMessage("tensor 'b' has 2 elements, the array 3");
    }
}
