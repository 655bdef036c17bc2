package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Goes through everything that a device can be asked for, and leaves nothing behind, whatever fails. (What is freed
 * waits for work.)
 */
public final class Tour {
    private static final int BYTES = 1000;

    private Tour() {}

    public static void through(int device) throws InterruptedException {
        try (Arena arena = Arena.ofShared();
                CudaStream stream = CudaStream.create(device);
                CudaStream other = CudaStream.create(device);
                CudaStream same = CudaStream.wrap(device, other.handle());
                CudaEvent filled = CudaEvent.create(device);
                CudaEvent begin = CudaEvent.createTimed(device);
                CudaEvent end = CudaEvent.createTimed(device);
                CudaEvent shared = CudaEvent.createShared(device);
                CudaMemory one = CudaMemory.allocate(device, BYTES, "the tour's first part");
                CudaMemory two = CudaMemory.allocate(device, BYTES, "the tour's second part");
                PinnedMemory result = PinnedMemory.allocate(device, BYTES);
                PinnedMemory source = PinnedMemory.register(device, arena.allocate(BYTES))) {
            assertThat(Cuda.device(device).freeMemory()).isPositive();
            CudaMemory.requireDevice(one.address(), BYTES, device, "the tour");
            assertThat(one.export(10, 20).handle()).hasSize(64);
            assertThat(shared.export()).hasSize(64);

            source.segment().fill((byte) 1);
            begin.record(stream);
            stream.copy(one.address(), source.segment().address(), BYTES);
            other.fill(two.address(), (byte) 2, BYTES);
            filled.record(same);
            stream.waitFor(filled);
            try (Exchange exchange = new Exchange(stream, one.address(), two.address(), BYTES)) {
                assertThat(exchange.blocksPerMultiprocessor()).isPositive();
                exchange.enqueue(stream);
                stream.copy(result.segment().address(), one.address(), BYTES);
                end.record(stream);
                end.await();
                stream.await();
                assertThat(end.millisSince(begin)).isPositive();
                assertBytes(result.segment(), (byte) 2);
            }
        }
    }

    public static void assertBytes(MemorySegment segment, byte expected) {
        for (long i = 0; i < segment.byteSize(); i++) {
            assertThat(segment.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo(expected);
        }
    }
}
