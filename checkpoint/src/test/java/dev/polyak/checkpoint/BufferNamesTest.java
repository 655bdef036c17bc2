package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BufferNamesTest {

    @ParameterizedTest
    @CsvSource({
        "bn.running_mean, BUFFER",
        "layer1.0.bn.running_var, BUFFER",
        "running_mean, BUFFER",
        "bn.num_batches_tracked, BUFFER",
        "bn.weight, PARAMETER",
        "bn.my_running_mean, PARAMETER",
        "running_mean.weight, PARAMETER",
        "'', PARAMETER"
    })
    void theUsualNamesAreBuffers(String name, Role role) {
        assertThat(BufferNames.defaults().roleOf(f32(name))).isEqualTo(role);
    }

    @ParameterizedTest
    @EnumSource
    void allIntegersAreBuffers(DType dtype) {
        Role role = BufferNames.defaults().roleOf(TensorSpec.parameter("x", dtype, 8));
        assertThat(role).isEqualTo(dtype.isInteger() ? Role.BUFFER : Role.PARAMETER);
    }

    @Test
    void patternsAdd() {
        BufferNames names = BufferNames.defaults().and("rope.*").and("*.inv_freq");
        assertThat(names.roleOf(f32("rope.cos.cached"))).isEqualTo(Role.BUFFER);
        assertThat(names.roleOf(f32("layers.3.attn.inv_freq"))).isEqualTo(Role.BUFFER);
        assertThat(names.roleOf(f32("bn.running_mean"))).isEqualTo(Role.BUFFER);
        assertThat(names.roleOf(f32("layers.3.attn.weight"))).isEqualTo(Role.PARAMETER);
        assertThat(BufferNames.defaults().roleOf(f32("rope.cos.cached"))).isEqualTo(Role.PARAMETER);
    }

    @Test
    void aRecordTakesThePlaceOfTheDefaultAndPatternsStillAdd() {
        BufferNames names = BufferNames.defaults().and("*.extra").recorded(Set.of("table"));
        assertThat(names.roleOf(f32("table"))).isEqualTo(Role.BUFFER);
        assertThat(names.roleOf(f32("bn.running_mean"))).isEqualTo(Role.PARAMETER);
        assertThat(names.roleOf(f32("bn.extra"))).isEqualTo(Role.BUFFER);
    }

    @Test
    void aRecordIsAJsonArray() {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.buffer("a/\"b\"", DType.F32, 1),
                TensorSpec.parameter("w", DType.F32, 1),
                TensorSpec.buffer("é", DType.I64));
        assertThat(RecordedBuffers.record(layout)).isEqualTo("[\"a/\\\"b\\\"\",\"é\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "*, '', true",
        "*, a.b/c, true",
        "'', '', true",
        "'', a, false",
        "?, a, true",
        "?, 😀, true",
        "?, ab, false",
        "a*c, abbc, true",
        "a*c, ac, true",
        "a*c, abcd, false",
        "*.bn.*, x.bn.y, true",
        "*ab*ab*, abcab, true",
        "*ab*ab*, abcba, false",
        "**a**, bab, true",
        "a[bc], ab, false",
        "a[bc], a[bc], true",
        "a.c, abc, false",
        "A, a, false"
    })
    void globs(String glob, String name, boolean matches) {
        assertThat(new NamePattern(glob).matches(name)).isEqualTo(matches);
    }

    @Test
    void aGlobOfManyStarsIsNotSlow() {
        assertThat(new NamePattern("*a".repeat(50) + "b").matches("a".repeat(100_000)))
                .isFalse();
    }

    private static TensorSpec f32(String name) {
        return TensorSpec.parameter(name, DType.F32, 2);
    }
}
