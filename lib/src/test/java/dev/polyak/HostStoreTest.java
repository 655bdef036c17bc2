package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
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
}
