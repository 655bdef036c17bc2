package dev.polyak.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.schedule.TrainingTime.Unit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTimeTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({ // what Composer's Time.from_timestring returns
        "10ba, 10, BATCH, 10ba",
        "2ep, 2, EPOCH, 2ep",
        "2EP, 2, EPOCH, 2ep",
        "0.1dur, 0.1, DURATION, 0.1dur",
        ".5dur, 0.5, DURATION, 0.5dur",
        "5.dur, 5, DURATION, 5.0dur",
        "1e-3dur, 0.001, DURATION, 0.001dur",
        "infdur, Infinity, DURATION, Infinitydur",
        "-infdur, -Infinity, DURATION, -Infinitydur",
        "3e4tok, 30000, TOKEN, 30000tok",
        "1e3ba, 1000, BATCH, 1000ba",
        "+3ba, 3, BATCH, 3ba",
        "-5ba, -5, BATCH, -5ba",
        "-0ba, 0, BATCH, 0ba",
        "1_000ba, 1000, BATCH, 1000ba",
        "' 10 ba', 10, BATCH, 10ba",
        "1.0iter, 1, ITERATION, 1iter",
        "030.0sp, 30, SAMPLE, 30sp",
        "30sec, 30, SECOND, 30sec",
        "1h30m5s, 5405, SECOND, 5405sec",
        "10m, 600, SECOND, 600sec",
        "2h, 7200, SECOND, 7200sec",
        "5s, 5, SECOND, 5sec",
    })
    void timeStringsAreReadAsComposerReadsThem(String text, double amount, Unit unit, String printed) {
        TrainingTime time = TrainingTime.parse(text);
        assertThat(time).isEqualTo(new TrainingTime(amount, unit));
        assertThat(time).hasToString(printed);
        assertThat(TrainingTime.parse(printed)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ba",
                "10",
                "ep2",
                "2epo",
                "10ba ",
                "10dba",
                "10fep",
                "0x1p3ba",
                "--5ba",
                "1__0ba",
                "3 ep 2ba",
                "h",
                "m",
                "25h",
                "90m",
                "60s",
                "1m2h",
                "1h2m3sec",
                "5 s",
                "nandur",
                "infba",
                "1e300ba"
            })
    void whatComposerRefusesIsRefused(String text) {
        assertThatThrownBy(() -> TrainingTime.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' is no amount of training: ");
    }

    @Test
    void onlyAPartOfTheTrainingNeedNotBeWhole() {
        assertThatThrownBy(() -> TrainingTime.parse("1.5ba"))
                .hasMessage("'1.5ba' is no amount of training:"
                        + " training is counted in whole ba, of which there cannot be 1.5");
        assertThatThrownBy(() -> TrainingTime.parse("10")).hasMessageContaining("such as 10ba, 2ep or 0.1dur");
    }

    @ParameterizedTest
    @CsvSource({ // the least n for which Composer's Time(n, "ba") / Time(m, "ba") is not below
        "0.0dur, 7ba, 0ba",
        "0.1dur, 10ba, 1ba",
        "0.1dur, 29ba, 3ba",
        "0.25dur, 6ep, 2ep",
        "0.3dur, 10ba, 3ba",
        "0.3dur, 1000ba, 300ba",
        "0.7dur, 90ba, 63ba",
        "0.29dur, 100ba, 29ba",
        "0.3333333333333333dur, 6ba, 2ba",
        "0.3333333333333333dur, 100ba, 34ba",
        "1dur, 29ep, 29ep",
        "-1dur, 5ba, 0ba",
        "12ba, 5ep, 12ba"
    })
    void aPartOfATrainingIsCountedInItsUnit(String part, String training, String counted) {
        assertThat(TrainingTime.parse(part).of(TrainingTime.parse(training))).isEqualTo(TrainingTime.parse(counted));
    }

    @Property
    void aPartHasPassedWhenTheQuotientSaysSo(
            @ForAll @DoubleRange(min = 0, max = 1.5) double part, @ForAll @IntRange(min = 1, max = 2000) int length) {
        long passed = new TrainingTime(part, Unit.DURATION)
                .of(new TrainingTime(length, Unit.BATCH))
                .count();
        assertThat((double) passed / length).isGreaterThanOrEqualTo(part);
        assertThat(passed == 0 || (double) (passed - 1) / length < part).isTrue();
    }

    @Test
    void batchesAreCountedInStepsOfAnEpoch() {
        assertThat(TrainingTime.parse("12ba").batches(100)).isEqualTo(12);
        assertThat(TrainingTime.parse("3ep").batches(100)).isEqualTo(300);
        assertThat(TrainingTime.parse("0.5dur").of(TrainingTime.parse("3ep")).batches(100))
                .as("the second epoch's end")
                .isEqualTo(200);
        assertThatThrownBy(() -> TrainingTime.parse("5tok").batches(100))
                .hasMessageContaining("5tok is not a number of batches");
        assertThatThrownBy(() -> TrainingTime.parse("3ep").batches(0)).hasMessageContaining("must be at least 1");
        assertThatThrownBy(() -> TrainingTime.parse("0.5dur").count()).hasMessageContaining("not known");
        assertThatThrownBy(() -> TrainingTime.parse("0.5dur").of(TrainingTime.parse("1dur")))
                .hasMessageContaining("not for 1.0dur");
        assertThatThrownBy(() -> TrainingTime.parse("0.5dur").of(TrainingTime.parse("0ba")))
                .hasMessageContaining("not for 0ba");
    }
}
