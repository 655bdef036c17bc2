package dev.polyak.gpucheck.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ComparisonTest {
    private static final int ELEMENTS = 1_200_000; // more than a piece

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64", "BF16", "F16"})
    void anyNaNEqualsAnyOtherButNothingElseDoes(DType type) {
        try (ParameterStore one = store(type);
                ParameterStore other = store(type)) {
            long nan = Bits.infinity(type) + 1;
            Bits.set(HostStore.of(one).segment(0), type, 7, nan);
            Bits.set(HostStore.of(other).segment(0), type, 7, nan + 1);
            assertThat(numbers(one, other).passed()).isTrue();
            assertThat(bits(one, other).difference()).startsWith("here: element 7 of w ");

            Bits.set(HostStore.of(other).segment(0), type, ELEMENTS - 1, 1);
            assertThat(numbers(one, other).passed()).isFalse();
            assertThat(numbers(one, other).difference())
                    .isEqualTo("here: element 1199999 of w " + type + " [1200000] is 0x1 instead of 0x0");

            Bits.set(HostStore.of(other).segment(0), type, 7, Bits.infinity(type));
            assertThat(numbers(one, other).difference()).startsWith("here: element 7 of w ");
        }
    }

    @Test
    void nothingComparedIsNoProof() {
        assertThat(new Comparison().outcome("it").passed()).isFalse();
    }

    @Test
    void zerosOfTwoSignsDiffer() {
        try (ParameterStore one = store(DType.F32);
                ParameterStore other = store(DType.F32)) {
            Bits.set(HostStore.of(other).segment(0), DType.F32, 0, 1L << 31);
            assertThat(numbers(one, other).passed()).isFalse();
        }
    }

    private static ParameterStore store(DType type) {
        return ParameterStore.allocate(ParameterLayout.of(TensorSpec.parameter("w", type, ELEMENTS)), Device.cpu());
    }

    private static Outcome numbers(ParameterStore one, ParameterStore other) {
        Comparison comparison = new Comparison();
        comparison.sameNumbers("here", one, other);
        return comparison.outcome("it");
    }

    private static Outcome bits(ParameterStore one, ParameterStore other) {
        Comparison comparison = new Comparison();
        comparison.sameBits("here", one, other);
        return comparison.outcome("it");
    }
}
