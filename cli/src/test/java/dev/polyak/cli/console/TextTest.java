package dev.polyak.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0            | 0.0
            0.0012345    | 0.00123
            6.578813     | 6.58
            912.96       | 913
            -12345.6     | -12,346
            Infinity     | Infinity
            """)
    void roundsNumbersThatAreRead(double number, String text) {
        assertThat(Text.rounded(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                   | 0
            999                 | 999
            1000                | 1,000
            1234567             | 1,234,567
            9223372036854775807 | 9,223,372,036,854,775,807
            """)
    void groupsDigits(long count, String text) {
        assertThat(Text.count(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1                   | 1 byte
            999                 | 999 bytes
            1000                | 1.0 kB
            99949               | 99.9 kB
            99950               | 100 kB
            999499              | 999 kB
            999500              | 1.0 MB
            1600000000          | 1.6 GB
            9223372036854775807 | 9.2 EB
            """)
    void choosesAUnit(long bytes, String text) {
        assertThat(Text.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void namesAFewOfMany() {
        assertThat(Text.some(List.of("a"))).isEqualTo("'a'");
        assertThat(Text.some(List.of("a", "b", "c", "d", "e", "f", "g")))
                .isEqualTo("'a', 'b', 'c', 'd', 'e' and 2 more");
    }
}
