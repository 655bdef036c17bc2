package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tensors of somebody else on a GPU, scattered, at odd addresses. */
class CudaWrappedStoreTest extends StoreContract {
    private static final TensorSpec TENSOR = TensorSpec.parameter("w", DType.F32, 4);

    private final List<CudaMemory> memory = new ArrayList<>();

    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    @AfterEach
    void nothingIsLeft() {
        closeStores();
        memory.forEach(CudaMemory::close);
        assertThat(StandIn.liveBytes()).isZero();
    }

    @Override
    ParameterStore make(ParameterLayout layout) {
        WrappedDeviceStoreBuilder builder = ParameterStore.wrap(Device.cuda(0));
        long[] addresses = new long[layout.size()];
        for (int i = layout.size() - 1; i >= 0; i--) { // not in the order of the layout
            if (layout.ownerOf(i) == i) {
                TensorSpec tensor = layout.tensor(i);
                int element = tensor.dtype().bits() / 8;
                addresses[i] = take(tensor.bytes() + element).address() + element; // aligned to its elements alone
            }
        }
        for (int i = 0; i < addresses.length; i++) {
            builder.tensor(layout.tensor(i), addresses[layout.ownerOf(i)]);
        }
        return builder.build();
    }

    @Test
    void onlyMemoryOfThatGpuIsWrapped() {
        long address = take(16).address();
        WrappedDeviceStoreBuilder builder = ParameterStore.wrap(Device.cuda(0));
        assertThatThrownBy(() -> builder.tensor(TENSOR, 4096))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor 'w'");
        assertThatThrownBy(() -> ParameterStore.wrap(Device.cuda(1)).tensor(TENSOR, address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor 'w'")
                .hasMessageContaining("cuda:0");
        assertThatThrownBy(() -> builder.tensor(TENSOR, address + 2))
                .hasMessageContaining("not a multiple of the size of F32");
    }

    private CudaMemory take(long bytes) {
        CudaMemory taken = CudaMemory.allocate(0, bytes, "a test");
        memory.add(taken);
        return taken;
    }
}
