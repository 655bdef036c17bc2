package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store in the memory of a GPU; the stand-in runtime is one whose streams are late at random. */
class CudaStoreTest extends StoreContract {
    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    @AfterEach
    void nothingIsLeft() {
        closeStores();
        assertThat(StandIn.liveBytes()).isZero();
    }

    @Override
    ParameterStore make(ParameterLayout layout) {
        return ParameterStore.allocate(layout, Device.cuda(0));
    }

    @Test
    void beginsAsZeros() {
        ParameterStore store = store(Numbers.MODEL);
        try (ParameterStore zeros = ParameterStore.allocate(Numbers.MODEL, Device.cpu())) {
            assertThat(Numbers.firstDifference(store, zeros)).isEmpty();
        }
    }

    @Test
    void itsMemoryIsNotHandedOutAsJavas() {
        assertThatThrownBy(() -> HostStore.of(store(Numbers.MODEL)).segment("fc.bias"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this store is on cuda:0")
                .hasMessageContaining("copyFrom");
    }

    @Test
    void numbersGoFromOneGpuToAnother() {
        try (ParameterStore other = ParameterStore.allocate(Numbers.MODEL, Device.cuda(1));
                ParameterStore first = Numbers.random(Numbers.MODEL, 1);
                ParameterStore second = Numbers.random(Numbers.MODEL, 2)) {
            ParameterStore store = store(Numbers.MODEL);
            store.copyFrom(first);
            other.copyFrom(second);
            store.swap(other);
            assertThat(Numbers.firstDifference(store, second)).isEmpty();
            assertThat(Numbers.firstDifference(other, first)).isEmpty();
        }
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        ParameterLayout huge = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1L << 40));
        assertThatThrownBy(() -> store(huge))
                .hasMessageContaining("there are no 4.0 TiB for 1 tensors on cuda:0, where");
    }

    @Test
    void thereIsNoSuchGpu() {
        assertThatThrownBy(() -> ParameterStore.allocate(Numbers.MODEL, Device.cuda(9)))
                .hasMessageContaining("cuda:9");
    }
}
