package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of calls that fail. */
class FailuresTest {
    private static final int INVALID_VALUE = 1;
    private static final int ILLEGAL_ADDRESS = 700;

    @BeforeEach
    void standIn() {
        StandIn.require();
        Cuda.availability(); // now, so that no failure that a test asks for is remembered as a lack of CUDA
    }

    @Test
    void whicheverCallFailsNothingIsLeft() throws InterruptedException {
        boolean failed = true;
        int n = 0;
        while (failed) {
            StandIn.reset();
            long before = StandIn.calls();
            StandIn.fail(++n, INVALID_VALUE);
            try {
                Tour.through(0);
                failed = false;
            } catch (CudaException e) {
                assertThat(e.code()).as("call %d: %s", n, e).isEqualTo(INVALID_VALUE);
                assertThat(e.getMessage())
                        .matches("cuda\\w+.* on cuda:0 failed: invalid argument \\(cudaErrorInvalidValue, error 1\\)");
                assertThat(e.isSticky()).isFalse();
            }
            assertThat(failed).as("call %d", n).isEqualTo(StandIn.calls() - before >= n);
            assertNothingIsLeft(0);
        }
        assertThat(n).isGreaterThan(60);
    }

    @Test
    void aMessageNamesTheCallAndItsArguments() {
        try (CudaStream stream = CudaStream.create(1)) {
            assertThatThrownBy(() -> stream.fill(0x40, (byte) 7, 16))
                    .isInstanceOfSatisfying(CudaException.class, e -> {
                        assertThat(e.call()).isEqualTo("cudaMemsetAsync(0x40, value 7, 16 bytes) on cuda:1");
                        assertThat(e.name()).isEqualTo("cudaErrorInvalidValue");
                        assertThat(e.text()).isEqualTo("invalid argument");
                    })
                    .hasMessage("cudaMemsetAsync(0x40, value 7, 16 bytes) on cuda:1 failed: invalid argument"
                            + " (cudaErrorInvalidValue, error 1)");
        }
    }

    /** Loses one device after the other, each at another call, in a JVM that has many. */
    static final class Loser {
        public static void main(String[] arguments) throws InterruptedException {
            int devices = Cuda.devices().size();
            long before = StandIn.calls();
            Tour.through(0);
            long calls = StandIn.calls() - before;
            for (int device = 0; device < devices; device++) {
                long n = 1 + device * calls / devices;
                while (!isLostAt(n, device)) {
                    n--; // a tour makes fewer calls if it waits less
                }
                assertLost(device);
            }
            System.out.println(devices + " devices lost");
        }

        private static boolean isLostAt(long n, int device) throws InterruptedException {
            StandIn.fail(n, ILLEGAL_ADDRESS);
            try {
                Tour.through(device);
                return false;
            } catch (CudaException first) {
                assertThat(first.isSticky()).isTrue();
                return true;
            }
        }

        private static void assertLost(int device) {
            assertThatThrownBy(() -> CudaMemory.allocate(device, 1, "nothing"))
                    .isInstanceOfSatisfying(CudaException.class, later -> {
                        assertThat(later.isSticky()).isTrue();
                        CudaException first = (CudaException) later.getCause();
                        assertThat(first.call()).endsWith(" on cuda:" + device);
                        assertThat(later.getMessage())
                                .isEqualTo("cuda:" + device + " was lost when " + first.call() + " failed: "
                                        + first.text() + " (cudaErrorIllegalAddress, error 700);"
                                        + " start this process again");
                    });
            assertNothingIsLeft(device);
        }
    }

    @Test
    void aDeviceThatIsLostStaysSo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Loser.class, StandIn.library(), Map.of("STAND_IN_DEVICES", "16"));
        assertThat(result.out().strip()).isEqualTo("16 devices lost");
        assertThat(result.exit()).isZero();
    }

    /** Work fails after the call that enqueued it. */
    static final class LateLoser {
        public static void main(String[] arguments) throws InterruptedException {
            try (CudaStream stream = CudaStream.create(0);
                    CudaEvent event = CudaEvent.create(0);
                    CudaMemory memory = CudaMemory.allocate(0, 64, "a test")) {
                StandIn.failOperation(1, ILLEGAL_ADDRESS);
                stream.fill(memory.address(), (byte) 0, 64);
                event.record(stream);
                event.await();
                System.out.println("nothing failed");
            } catch (CudaException e) {
                System.out.println(e.getMessage());
            }
            System.out.println(CudaMemory.allocated(0) + " bytes");
            try (CudaMemory other = CudaMemory.allocate(1, 64, "another device")) {
                System.out.println(CudaMemory.live(1));
            }
        }
    }

    @Test
    void aFailureOfWorkIsReportedByWhatWaitsForIt() throws Exception {
        ChildJvm.Result result = ChildJvm.run(LateLoser.class, StandIn.library(), Map.of());
        assertThat(result.out().strip().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("cuda\\w+ on cuda:0 failed: an illegal memory access was encountered"
                                        + " \\(cudaErrorIllegalAddress, error 700\\);"
                                        + " all that this process has on the device is lost: start it again"),
                        line -> assertThat(line).isEqualTo("0 bytes"),
                        line -> assertThat(line).isEqualTo("[64 bytes for another device on cuda:1]"));
    }

    private static void assertNothingIsLeft(int device) {
        assertThat(StandIn.report()).isEmpty();
        assertThat(StandIn.liveBytes()).isZero();
        assertThat(StandIn.liveObjects()).isZero();
        assertThat(CudaMemory.allocated(device)).isZero();
        assertThat(CudaMemory.live(device)).isEmpty();
    }
}
