package dev.polyak.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.Exchange;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is called for every update allocates nothing on the Java heap; counted as AllocationTest does. */
class CudaAllocationTest {
    private static final int CALLS = 10_000;

    /** What the JVM of its own runs. */
    static final class Child {
        private static final int MOST_ROUNDS = 40;

        public static void main(String[] arguments) throws InterruptedException {
            try (CudaStream stream = CudaStream.create(0);
                    CudaStream other = CudaStream.create(0);
                    CudaEvent event = CudaEvent.create(0);
                    CudaMemory memory = CudaMemory.allocate(0, 256, "a test");
                    PinnedMemory host = PinnedMemory.allocate(0, 128);
                    Exchange exchange = new Exchange(stream, memory.address(), memory.address() + 128, 128)) {
                double bytes = Double.MAX_VALUE;
                for (int round = 0; bytes >= 1 && round < MOST_ROUNDS; round++) {
                    long before = allocated();
                    for (int i = 0; i < CALLS; i++) {
                        stream.copy(memory.address(), host.segment().address(), 128);
                        stream.fill(memory.address(), (byte) i, 128);
                        exchange.enqueue(stream);
                        event.record(stream);
                        other.waitFor(event);
                        event.await();
                        other.await();
                    }
                    bytes = (double) (allocated() - before) / CALLS;
                }
                System.out.println(bytes < 1 ? "nothing" : bytes + " bytes a round");
            }
        }

        private static long allocated() {
            return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
        }
    }

    @Test
    void enqueuingAllocatesNothing() throws Exception {
        StandIn.require();
        ChildJvm.Result result = ChildJvm.run(Child.class, StandIn.library(), Map.of("STAND_IN_DELAY", "0"));
        assertThat(result.out().strip()).isEqualTo("nothing");
    }
}
