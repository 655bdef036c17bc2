package dev.polyak.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a wrong name may have been meant to be. */
class SuggestionsTest {
    private static final List<String> NAMES =
            List.of("l1.weight", "l1.bias", "l2.weight", "l2.bias", "norm.running_mean", "x");

    @ParameterizedTest
    @CsvSource({
        "l1.wieght, did you mean 'l1.weight'?",
        "l1.weigth, did you mean 'l1.weight'?",
        "l3.bias, did you mean 'l1.bias' or 'l2.bias'?",
        "norm.runing_maen, did you mean 'norm.running_mean'?",
        "module.l2.bias, did you mean 'l2.bias'?",
        "running_mean, did you mean 'norm.running_mean'?",
        "y, did you mean 'x'?"
    })
    void theNearestNamesAreNamed(String name, String expected) {
        assertThat(Suggestions.instead(name, NAMES, "tensors")).isEqualTo(expected);
    }

    @Test
    void otherwiseSomeOfAllAre() {
        assertThat(Suggestions.instead("encoder", NAMES, "tensors"))
                .isEqualTo(
                        "the 6 tensors are 'l1.weight', 'l1.bias', 'l2.weight', 'l2.bias', 'norm.running_mean' and 1 more");
        assertThat(Suggestions.instead("w", List.of(), "tensors")).isEqualTo("there are no tensors");
    }
}
