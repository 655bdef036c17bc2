package dev.polyak.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    private static final TensorSpec WEIGHT = TensorSpec.parameter("fc.weight", DType.F32, 3, 5);
    private static final TensorSpec BIAS = TensorSpec.parameter("fc.bias", DType.BF16, 3);
    private static final TensorSpec MEAN = TensorSpec.buffer("bn.running_mean", DType.F32, 3);

    @Test
    void tensorsBeginAtMultiplesOfACacheLine() {
        ParameterLayout layout = ParameterLayout.of(WEIGHT, BIAS, MEAN);
        assertThat(layout.offset(0)).isZero();
        assertThat(layout.offset(1)).isEqualTo(64);
        assertThat(layout.offset(2)).isEqualTo(128);
        assertThat(layout.byteSize()).isEqualTo(192);
        assertThat(layout.indexOf("fc.bias")).isEqualTo(1);
        assertThat(layout.indexOf("fc")).isEqualTo(-1);
    }

    @Test
    void tiedTensorsShareAnOffset() {
        ParameterLayout layout = ParameterLayout.builder()
                .add(WEIGHT)
                .add(BIAS)
                .tied("head.weight", "fc.weight")
                .tied("third", "head.weight")
                .build();
        assertThat(layout.ownerOf(2)).isZero();
        assertThat(layout.ownerOf(3)).isZero();
        assertThat(layout.offset(3)).isEqualTo(layout.offset(0));
        assertThat(layout.byteSize()).isEqualTo(128);
        assertThat(layout.map(tensor -> tensor.as(DType.F64)).ownerOf(3)).isZero();
        assertThatThrownBy(() -> layout.map(tensor -> tensor.name().equals("third") ? tensor.as(DType.F64) : tensor))
                .hasMessageContaining("'third' is tied to 'fc.weight'");
        assertThatThrownBy(() -> ParameterLayout.builder().tied("a", "b"))
                .hasMessageContaining("'b', which is not there");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> ParameterLayout.of(WEIGHT, WEIGHT)).hasMessage("two tensors are named 'fc.weight'");
        assertThatThrownBy(() -> TensorSpec.parameter("w", DType.F32, 2, -1))
                .hasMessageContaining("'w'")
                .hasMessageContaining("negative");
        assertThatThrownBy(() -> TensorSpec.parameter("w", DType.F32, 1L << 40, 1L << 40))
                .hasMessageContaining("more elements than memory");
        assertThatThrownBy(() -> TensorSpec.parameter("w", DType.F64, 1L << 61))
                .hasMessageContaining("more than memory can hold");
        assertThatThrownBy(() -> TensorSpec.parameter("w", DType.F4, 3))
                .hasMessageContaining("do not fill whole bytes");
        assertThat(TensorSpec.parameter("w", DType.F32, 1L << 40, 0, 1L << 40).elements())
                .isZero();
        assertThat(TensorSpec.parameter("w", DType.F32).elements())
                .as("a scalar")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"BOOL,8", "F4,4", "F6_E2M3,6", "F8_E4M3,8", "U16,16", "BF16,16", "F32,32", "C64,64", "I64,64"})
    void typesHaveTheirSizes(DType type, int bits) {
        assertThat(type.bits()).isEqualTo(bits);
        assertThat(type.bytes(8)).isEqualTo(bits);
    }

    @Test
    void namesMatchWithoutTheirPrefixes() {
        ParameterLayout target = ParameterLayout.of(WEIGHT, BIAS, MEAN);
        ParameterLayout source = ParameterLayout.of(
                TensorSpec.parameter("module._orig_mod.bn.running_mean", DType.F32, 3),
                TensorSpec.parameter("module.fc.weight", DType.F64, 3, 5),
                TensorSpec.parameter("fc.bias", DType.F32, 3));
        LayoutMatch match = LayoutMatch.of(target, source);
        assertThat(match.difference()).isEmpty();
        assertThat(List.of(match.sourceOf(0), match.sourceOf(1), match.sourceOf(2)))
                .containsExactly(1, 2, 0);
        assertThat(LayoutMatch.withoutPrefixes("module.")).isEqualTo("module.");
    }

    @Test
    void anExactNameGoesBeforeABareOneAndNoneIsGuessed() {
        ParameterLayout both =
                ParameterLayout.of(TensorSpec.parameter("w", DType.F32), TensorSpec.parameter("module.w", DType.F32));
        assertThat(LayoutMatch.of(both, both).sourceOf(1)).isEqualTo(1);
        ParameterLayout third = ParameterLayout.of(TensorSpec.parameter("_orig_mod.w", DType.F32));
        assertThat(LayoutMatch.of(third, both).missing()).containsExactly("_orig_mod.w");
    }

    @Test
    void differencesAreNamed() {
        ParameterLayout target = ParameterLayout.of(WEIGHT, BIAS, MEAN);
        assertThat(LayoutMatch.of(target, ParameterLayout.of(WEIGHT, BIAS)).difference())
                .hasValue("lacks 'bn.running_mean'");
        assertThat(LayoutMatch.of(ParameterLayout.of(WEIGHT), target).difference())
                .hasValue("also has 'fc.bias', 'bn.running_mean'");
        assertThat(LayoutMatch.of(target, ParameterLayout.of(TensorSpec.parameter("x", DType.F32)))
                        .difference())
                .hasValueSatisfying(text ->
                        assertThat(text).startsWith("has none of the 3 tensors").contains("its own are 'x'"));
        assertThat(LayoutMatch.of(
                                ParameterLayout.of(WEIGHT),
                                ParameterLayout.of(TensorSpec.parameter("fc.weight", DType.F32, 5, 3)))
                        .difference())
                .hasValue("has 'fc.weight' in shape [5, 3] instead of [3, 5]");
        assertThat(LayoutMatch.of(
                                ParameterLayout.of(WEIGHT),
                                ParameterLayout.of(TensorSpec.parameter("fc.weight", DType.I32, 3, 5)))
                        .difference())
                .hasValue("has 'fc.weight' as I32 instead of F32");
    }

    @Test
    void shardsPutTogetherAreTheWhole() {
        for (int world = 1; world < 14; world++) {
            List<TensorSpec> together = new ArrayList<>();
            for (int rank = 0; rank < world; rank++) {
                ParameterLayout shard = Numbers.MODEL.shard(rank, world);
                together.addAll(shard.tensors());
            }
            assertThat(together).containsExactlyInAnyOrderElementsOf(Numbers.MODEL.tensors());
        }
        assertThat(Numbers.MODEL.shard(0, 1)).isEqualTo(Numbers.MODEL);
        ParameterLayout even = ParameterLayout.of(
                TensorSpec.parameter("a", DType.F32, 100), TensorSpec.parameter("b", DType.F32, 100));
        assertThat(even.shard(1, 2).tensors()).containsExactly(even.tensor(1));
        assertThatThrownBy(() -> even.shard(2, 2)).hasMessageContaining("from 0 to 1, not 2");
    }
}
