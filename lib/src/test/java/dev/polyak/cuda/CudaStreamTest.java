package dev.polyak.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.CudaImage;
import dev.polyak.internal.cuda.CudaKernel;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.Exchange;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.internal.cuda.Tour;
import dev.polyak.testkit.StandIn;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams and events. What is not ordered goes wrong here, sooner or later: every operation is late at random. */
@Timeout(60)
class CudaStreamTest {
    private static final int BYTES = 4096;

    @BeforeEach
    void standIn() {
        StandIn.require();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(StandIn.report()).isEmpty();
    }

    @Test
    void aTourSucceeds() throws InterruptedException {
        Tour.through(0);
        Tour.through(1);
    }

    @Test
    void streamsWaitForEachOther() throws InterruptedException {
        StandIn.delays(4, 300);
        try (CudaStream writer = CudaStream.create(0);
                CudaStream reader = CudaStream.create(0);
                CudaEvent written = CudaEvent.create(0);
                CudaEvent read = CudaEvent.create(0);
                CudaMemory memory = CudaMemory.allocate(0, BYTES, "a test");
                PinnedMemory result = PinnedMemory.allocate(0, 100 * BYTES)) {
            for (int i = 0; i < 100; i++) {
                writer.waitFor(read);
                writer.fill(memory.address(), (byte) i, BYTES);
                written.record(writer);
                reader.waitFor(written);
                reader.copy(result.segment().address() + (long) i * BYTES, memory.address(), BYTES);
                read.record(reader);
            }
            reader.await();
            assertThat(read.isDone()).isTrue();
            for (int i = 0; i < 100; i++) {
                Tour.assertBytes(result.segment().asSlice((long) i * BYTES, BYTES), (byte) i);
            }
        }
    }

    @Test
    void theStreamOfSomebodyElseIsUsedAndLeftAlone() throws InterruptedException {
        assertStreamIsShared(0, stream -> {});
        try (CudaStream owner = CudaStream.create(0)) {
            assertStreamIsShared(
                    owner.handle(), stream -> assertThat(stream.handle()).isEqualTo(owner.handle()));
            owner.await();
            assertThat(owner.isDone()).isTrue();
        }
    }

    private static void assertStreamIsShared(long handle, Consumer<CudaStream> check) throws InterruptedException {
        CudaStream stream = CudaStream.wrap(0, handle);
        try (stream;
                CudaMemory memory = CudaMemory.allocate(0, BYTES, "a test");
                PinnedMemory result = PinnedMemory.allocate(0, BYTES)) {
            check.accept(stream);
            stream.fill(memory.address(), (byte) 9, BYTES);
            stream.copy(result.segment().address(), memory.address(), BYTES);
            stream.await();
            Tour.assertBytes(result.segment(), (byte) 9);
        }
        assertThatThrownBy(stream::isDone)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this stream on cuda:0 is closed");
    }

    @Test
    void waitingCanBeInterrupted() throws InterruptedException {
        StandIn.bandwidth(0, 1e6);
        try (CudaStream stream = CudaStream.create(0);
                CudaEvent event = CudaEvent.create(0);
                CudaMemory memory = CudaMemory.allocate(0, 200_000, "a test");
                PinnedMemory result = PinnedMemory.allocate(0, 200_000)) {
            stream.copy(result.segment().address(), memory.address(), 200_000);
            event.record(stream);
            assertThat(stream.isDone()).isFalse();
            assertThat(event.isDone()).isFalse();
            Thread.currentThread().interrupt();
            assertThatThrownBy(event::await).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            stream.await();
            assertThat(event.isDone()).isTrue();
        }
    }

    @Test
    void anEventThatWasNeverRecordedIsDone() {
        try (CudaEvent event = CudaEvent.create(1)) {
            assertThat(event.device()).isEqualTo(1);
            assertThat(event.isDone()).isTrue();
        }
    }

    @Test
    void timesAreMeasuredWhereThatWasAskedFor() throws InterruptedException {
        try (CudaStream stream = CudaStream.create(0);
                CudaEvent begin = CudaEvent.createTimed(0);
                CudaEvent end = CudaEvent.createTimed(0);
                CudaEvent untimed = CudaEvent.create(0)) {
            begin.record(stream);
            untimed.record(stream);
            end.record(stream);
            end.await();
            assertThat(end.millisSince(begin)).isBetween(0.0, 60_000.0);
            assertThatThrownBy(() -> end.millisSince(untimed)).isInstanceOf(CudaException.class);
            assertThatThrownBy(untimed::export).isInstanceOf(CudaException.class);
        }
    }

    @Test
    void kernelsRunAndWrongOnesAreRefused() {
        try (CudaStream stream = CudaStream.create(0);
                CudaImage image = Exchange.loadImage(0)) {
            assertThatThrownBy(() -> image.kernel("polyak_nothing"))
                    .isInstanceOf(CudaException.class)
                    .hasMessageStartingWith("cudaLibraryGetKernel(polyak_nothing) on cuda:0 failed: ");
            CudaKernel kernel = image.kernel("polyak_swap");
            assertThatThrownBy(() -> kernel.launch(stream, 0, 32, MemorySegment.NULL))
                    .isInstanceOf(CudaException.class)
                    .hasMessageStartingWith("cudaLaunchKernel(polyak_swap, 0 blocks of 32 threads) on cuda:0 failed: ");
            image.close();
            assertThatThrownBy(() -> kernel.blocksPerMultiprocessor(32))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this image on cuda:0 is closed");
        }
    }
}
