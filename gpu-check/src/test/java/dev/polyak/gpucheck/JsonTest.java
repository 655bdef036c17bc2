package dev.polyak.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.testkit.JsonValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void whatIsWrittenCanBeRead() {
        Map<String, Object> value = Map.of(
                "text",
                "a \"quoted\" \\ line\nand \u0001 control, grün 😀",
                "numbers",
                List.of(-1.0, 0.1, 1e300, 5e-324, 3.0),
                "truth",
                true,
                "object",
                Map.of("nothing", List.of(), "empty", Map.of()));

        assertThat(JsonValue.parse(Json.of(value, 0)).value()).isEqualTo(value);
    }

    @Test
    void whatIsNoNumberInJsonIsAText() {
        assertThat(JsonValue.parse(Json.of(Map.of("a", Double.NaN, "b", Double.POSITIVE_INFINITY), 0))
                        .value())
                .isEqualTo(Map.of("a", "NaN", "b", "Infinity"));
    }
}
