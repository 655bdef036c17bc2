package dev.polyak.gpucheck.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Device;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.StandIn;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A check that cannot fail is none. */
class ChecksTest {
    private static final int ELEMENTS = 130;

    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    static List<Check> ofBits() {
        return Checks.ofBits();
    }

    @ParameterizedTest
    @MethodSource("ofBits")
    void numbersThatDifferInABitAreNoticed(Check check) {
        Outcome outcome = check.outcome(new Bench(Device.cuda(0), new Noise(), ELEMENTS));

        assertThat(outcome.passed()).isFalse();
        assertThat(outcome.values()).isPositive();
        assertThat(outcome.difference()).contains(" instead of ");
    }

    /** Never gives the same numbers twice in a row: what the GPU gets is not what the CPU gets. */
    private static final class Noise implements NumberSource {
        private final Numbers numbers = new Numbers();
        private int calls;

        @Override
        public void fill(MemorySegment memory, DType type, long sequence, boolean finite) {
            numbers.fill(memory, type, sequence, finite);
            if (memory.byteSize() > 0) {
                long last = memory.byteSize() * Byte.SIZE / type.bits() - 1;
                int noise = ++calls % 7;
                Bits.set(memory, type, last, type.isFloat() ? oneAnd(noise, type) : noise);
            }
        }

        /** 1 and so many eighths. */
        private static long oneAnd(int eighths, DType type) {
            long unit = 1L << Bits.fraction(type);
            return (1L << (type.bits() - 2)) - unit + eighths * unit / 8;
        }
    }
}
