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
        WrappedStoreBuilder builder = ParameterStore.wrap();
        long[] addresses = new long[layout.size()];
        for (int i = layout.size() - 1; i >= 0; i--) { // not in the order of the layout
            if (layout.ownerOf(i) == i) {
                TensorSpec tensor = layout.tensor(i);
                int element = tensor.dtype().bits() / 8;
                addresses[i] = take(tensor.bytes() + element).address() + element; // aligned to its elements alone
            }
        }
        for (int i = 0; i < addresses.length; i++) {
            builder.tensor(layout.tensor(i), addresses[layout.ownerOf(i)], Device.cuda(0));
        }
        return builder.build();
    }

    @Test
    void onlyMemoryOfThatGpuIsWrapped() {
        long address = take(16).address();
        WrappedStoreBuilder builder = ParameterStore.wrap();
        assertThatThrownBy(() -> builder.tensor(TENSOR, 4096, Device.cuda(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor 'w'");
        assertThatThrownBy(() -> builder.tensor(TENSOR, address, Device.cuda(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor 'w'")
                .hasMessageContaining("cuda:0");
        assertThatThrownBy(() -> builder.tensor(TENSOR, address + 2, Device.cuda(0)))
                .hasMessageContaining("no multiple of the size of F32");
        assertThatThrownBy(() -> builder.tensor(TENSOR, address, Device.cpu()))
                .hasMessageContaining("wrapped as a segment");
        builder.tensor(TENSOR, address, Device.cuda(0));
        assertThatThrownBy(() -> builder.tensor(
                        TensorSpec.parameter("v", DType.F32, 4),
                        java.lang.foreign.Arena.ofAuto().allocate(16)))
                .hasMessageContaining("a store is on one device");
    }

    private CudaMemory take(long bytes) {
        CudaMemory taken = CudaMemory.allocate(0, bytes, "a test");
        memory.add(taken);
        return taken;
    }
}
