package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaDevice;
import dev.polyak.error.CudaException;
import dev.polyak.testkit.StandIn;
import dev.polyak.testkit.Warnings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CudaMemoryTest {
    @BeforeEach
    void standIn() {
        StandIn.require();
    }

    @Test
    void whatIsTakenIsCounted() {
        long before = CudaMemory.allocated(1);
        try (CudaMemory memory = CudaMemory.allocate(1, 3 << 19, "the average")) {
            assertThat(memory.bytes()).isEqualTo(3 << 19);
            assertThat(memory.device()).isEqualTo(1);
            assertThat(memory.purpose()).isEqualTo("the average");
            assertThat(memory.address() % 256).isZero();
            assertThat(memory).hasToString("1.5 MiB for the average on cuda:1");
            assertThat(CudaMemory.allocated(1) - before).isEqualTo(3 << 19);
            assertThat(CudaMemory.live(1)).contains("1.5 MiB for the average on cuda:1");
            assertThat(CudaMemory.live(0)).doesNotContain("1.5 MiB for the average on cuda:1");
            memory.close();
            assertThat(CudaMemory.allocated(1)).isEqualTo(before);
        }
        assertThat(StandIn.liveBytes()).isZero();
    }

    @Test
    void nothingHasAnAddress() {
        try (CudaMemory one = CudaMemory.allocate(0, 0, "nothing");
                CudaMemory other = CudaMemory.allocate(0, 0, "nothing")) {
            assertThat(one.bytes()).isZero();
            assertThat(one.address()).isNotZero().isNotEqualTo(other.address());
        }
    }

    @Test
    void wrongSizesAndDevicesAreRefused() {
        assertThatThrownBy(() -> CudaMemory.allocate(0, -1, "a mistake"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("-1 bytes of memory cannot be taken");
        assertThatThrownBy(() -> CudaMemory.allocate(2, 1, "a mistake"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no cuda:2; there are 2 devices, cuda:0 and cuda:1");
    }

    @Test
    void tooLittleMemorySaysHowMuchThereIs() {
        StandIn.memory(1 << 20);
        try (CudaMemory memory = CudaMemory.allocate(0, 512 << 10, "the model")) {
            assertThatThrownBy(() -> CudaMemory.allocate(0, 768 << 10, "its average"))
                    .isInstanceOfSatisfying(CudaException.class, e -> {
                        assertThat(e.name()).isEqualTo("cudaErrorMemoryAllocation");
                        assertThat(e.call()).isEqualTo("cudaMalloc(786432 bytes) on cuda:0");
                    })
                    .hasMessage("there are no 768.0 KiB for its average on cuda:0, where 512.0 KiB of 1.0 GiB are free;"
                            + " free some, or use another device"
                            + " (cudaMalloc(786432 bytes) on cuda:0: cudaErrorMemoryAllocation)");
        }
    }

    @Test
    @Timeout(60)
    void whatIsForgottenIsFreedWithAWarning() throws InterruptedException {
        try (Warnings warnings = new Warnings()) {
            forget();
            while (StandIn.liveBytes() > 0) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(warnings.messages())
                    .containsExactly("WARNING: 42 bytes for a test on cuda:0 was never closed, and is freed now;"
                            + " close it when it is no longer used");
        }
        assertThat(CudaMemory.live(0)).isEmpty();
    }

    private static void forget() {
        assertThat(CudaMemory.allocate(0, 42, "a test").bytes()).isEqualTo(42);
    }

    @Test
    void addressesFromElsewhereAreChecked() {
        try (Arena arena = Arena.ofConfined();
                CudaMemory memory = CudaMemory.allocate(0, 4096, "a test");
                PinnedMemory pinned = PinnedMemory.allocate(0, 64)) {
            CudaMemory.requireDevice(memory.address(), 4096, 0, "tensor 'w'");
            CudaMemory.requireDevice(memory.address() + 4095, 1, 0, "tensor 'w'");
            CudaMemory.requireDevice(0, 0, 0, "an empty tensor");
            assertRefused(memory.address(), 4096, 1, "memory of cuda:0; memory of cuda:1 is needed");
            assertRefused(memory.address(), 1 << 30, 0, "no memory that CUDA knows; memory of cuda:0 is needed");
            assertRefused(pinned.segment().address(), 64, 0, "memory of the host; memory of cuda:0 is needed");
            MemorySegment pageable = arena.allocate(64);
            assertRefused(pageable.address(), 64, 0, "no memory that CUDA knows; memory of cuda:0 is needed");
        }
    }

    private static void assertRefused(long address, long bytes, int device, String end) {
        assertThatThrownBy(() -> CudaMemory.requireDevice(address, bytes, device, "tensor 'w'"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("address 0x[0-9a-f]+ of tensor 'w' is .*")
                .hasMessageEndingWith(" is " + end);
    }

    @Test
    void freeMemoryIsWhatIsNotTaken() {
        CudaDevice device = Cuda.device(1);
        long before = device.freeMemory();
        try (CudaMemory memory = CudaMemory.allocate(1, 1 << 20, "a test")) {
            assertThat(device.freeMemory()).isEqualTo(before - memory.bytes());
        }
        assertThat(device.memory()).isEqualTo(1 << 30);
        assertThat(device.multiprocessors()).isPositive();
    }

    @Test
    void onlyPartsOfTheMemoryCanBeExported() {
        try (CudaMemory memory = CudaMemory.allocate(0, 100, "a test")) {
            IpcMemoryHandle handle = memory.export(60, 40);
            assertThat(handle.offset()).isEqualTo(60);
            assertThat(handle.bytes()).isEqualTo(40);
            assertThatThrownBy(() -> memory.export(61, 40)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
