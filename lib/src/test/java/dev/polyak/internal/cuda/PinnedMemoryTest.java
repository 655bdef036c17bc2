package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.testkit.StandIn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PinnedMemoryTest {
    @BeforeEach
    void standIn() {
        StandIn.require();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(StandIn.report()).isEmpty();
    }

    @Test
    void useAfterClosingThrows() {
        PinnedMemory memory = PinnedMemory.allocate(0, 64);
        MemorySegment segment = memory.segment();
        assertThat(segment.byteSize()).isEqualTo(64);
        segment.set(ValueLayout.JAVA_INT, 60, 42);
        memory.close();
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_INT, 60)).isInstanceOf(IllegalStateException.class);
        memory.close();
    }

    @Test
    void everyThreadMayUseIt() throws InterruptedException {
        try (PinnedMemory memory = PinnedMemory.allocate(1, 1)) {
            Thread other = new Thread(() -> memory.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 7));
            other.start();
            other.join();
            assertThat(memory.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
    }

    @Test
    void memoryThatThereIsIsLocked() throws InterruptedException {
        try (Arena arena = Arena.ofConfined();
                CudaStream stream = CudaStream.create(0);
                CudaMemory memory = CudaMemory.allocate(0, 64, "a test")) {
            MemorySegment segment = arena.allocate(64);
            segment.fill((byte) 5);
            try (PinnedMemory pinned = PinnedMemory.register(0, segment.asReadOnly())) {
                stream.copy(memory.address(), pinned.segment().address(), 64);
                stream.await();
                assertThatThrownBy(() -> PinnedMemory.register(0, segment))
                        .isInstanceOf(CudaException.class)
                        .hasMessageContaining("cudaErrorHostMemoryAlreadyRegistered");
            }
            try (PinnedMemory again = PinnedMemory.register(1, segment)) {
                again.segment().fill((byte) 0);
                stream.copy(again.segment().address(), memory.address(), 64);
                stream.await();
            }
            Tour.assertBytes(segment, (byte) 5);
        }
    }

    @Test
    void memoryOfTheHeapIsRefused() {
        assertThatThrownBy(() -> PinnedMemory.register(0, MemorySegment.ofArray(new byte[8])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("memory on the Java heap cannot be page-locked: give a native segment");
        assertThatThrownBy(() -> PinnedMemory.allocate(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
