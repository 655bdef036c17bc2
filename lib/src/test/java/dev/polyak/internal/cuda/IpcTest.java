package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Memory and events of another process. */
class IpcTest {
    private static final int BYTES = 65_536;
    private static final int OFFSET = 4_096;

    /** A process that reads the memory of another after what the event stands for, and answers through it. */
    static final class Reader {
        public static void main(String[] arguments) throws InterruptedException {
            HexFormat hex = HexFormat.of();
            IpcMemoryHandle handle =
                    new IpcMemoryHandle(hex.parseHex(System.getenv("TEST_MEMORY")), OFFSET, BYTES - OFFSET);
            try (IpcMemory memory = IpcMemory.open(0, handle);
                    IpcMemory again = IpcMemory.open(0, handle);
                    CudaEvent written = CudaEvent.open(0, hex.parseHex(System.getenv("TEST_EVENT")));
                    CudaStream stream = CudaStream.create(0);
                    PinnedMemory result = PinnedMemory.allocate(0, memory.bytes())) {
                System.out.println(again.address() == memory.address() && memory.device() == 0);
                stream.waitFor(written);
                stream.copy(result.segment().address(), memory.address(), memory.bytes());
                stream.await();
                Tour.assertBytes(result.segment(), (byte) 3);
                stream.fill(memory.address(), (byte) 4, memory.bytes());
                stream.await();
            }
        }
    }

    @Test
    void anotherProcessReadsWhenTheEventAllowsIt() throws Exception {
        StandIn.require();
        HexFormat hex = HexFormat.of();
        try (CudaStream stream = CudaStream.create(0);
                CudaEvent written = CudaEvent.createShared(0);
                CudaMemory memory = CudaMemory.allocate(0, BYTES, "a test");
                PinnedMemory host = PinnedMemory.allocate(0, BYTES)) {
            // Takes a second, longer than another JVM usually needs to get there.
            StandIn.bandwidth(BYTES, 0);
            host.segment().fill((byte) 3);
            stream.copy(memory.address(), host.segment().address(), BYTES);
            written.record(stream);
            ChildJvm.Result result = ChildJvm.run(
                    Reader.class,
                    StandIn.library(),
                    Map.of(
                            "TEST_MEMORY", hex.formatHex(memory.export(0, BYTES).handle()),
                            "TEST_EVENT", hex.formatHex(written.export())));
            assertThat(result.out().strip()).isEqualTo("true");
            assertThat(result.exit()).isZero();
            stream.copy(host.segment().address(), memory.address(), BYTES);
            stream.await();
            Tour.assertBytes(host.segment().asSlice(0, OFFSET), (byte) 3);
            Tour.assertBytes(host.segment().asSlice(OFFSET), (byte) 4);
        }
        assertThat(StandIn.report()).isEmpty();
    }

    @Test
    void handlesOfPyTorchHaveAPrefix() {
        byte[] handle = new byte[66];
        handle[0] = 2;
        handle[1] = 'c';
        handle[2] = 42;
        handle[65] = 43;
        assertThat(new IpcMemoryHandle(handle, 512, 16).handle())
                .hasSize(64)
                .startsWith(42)
                .endsWith(43);
        handle[1] = 'e';
        assertThatThrownBy(() -> new IpcMemoryHandle(handle, 0, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the handle of memory has 64 bytes, or 66 with PyTorch's prefix, not 66"
                        + " (PyTorch shares memory by such a handle only with expandable_segments:False)");
        assertThatThrownBy(() -> new IpcMemoryHandle(new byte[64], -1, 16))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void handlesThatAreNoneAreRefused() {
        StandIn.require();
        assertThatThrownBy(() -> CudaEvent.open(0, new byte[63]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the handle of an event has 64 bytes, not 63");
        assertThatThrownBy(() -> IpcMemory.open(0, new IpcMemoryHandle(new byte[64], 0, 16)))
                .isInstanceOf(CudaException.class)
                .hasMessageStartingWith("cudaIpcOpenMemHandle on cuda:0 failed: ");
    }
}
