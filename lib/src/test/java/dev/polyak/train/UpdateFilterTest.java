package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.schedule.TrainingTime;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UpdateFilterTest {
    private static long[] fired(UpdateFilter filter) {
        return LongStream.rangeClosed(1, 32).filter(filter::fires).toArray();
    }

    @Test
    void firesAsTheEventFiltersOfIgnite() {
        assertThat(fired(UpdateFilter.every(1))).hasSize(32);
        assertThat(fired(UpdateFilter.every(7))).containsExactly(7, 14, 21, 28);
        assertThat(fired(UpdateFilter.every(5).after(20))).containsExactly(21, 26, 31);
        assertThat(fired(UpdateFilter.every(5).before(20))).containsExactly(1, 6, 11, 16);
        assertThat(fired(UpdateFilter.every(5).after(2).before(18))).containsExactly(3, 8, 13);
        assertThat(fired(UpdateFilter.every(1).after(29))).containsExactly(30, 31, 32);
        assertThat(fired(UpdateFilter.every(1).before(3))).containsExactly(1, 2);
        assertThat(fired(UpdateFilter.once(4))).containsExactly(4);
        assertThat(fired(UpdateFilter.once(9, 2, 30))).containsExactly(2, 9, 30);
        assertThat(fired(UpdateFilter.between(30, 31))).containsExactly(30, 31);
        assertThat(fired(UpdateFilter.between(31, Long.MAX_VALUE))).containsExactly(31, 32);
    }

    @Test
    void firesOnIterationsOrEpochs() {
        assertThat(UpdateFilter.every(3).isAtEpochs()).isFalse();
        assertThat(UpdateFilter.every(3).atEpochs().isAtEpochs()).isTrue();
        assertThat(fired(UpdateFilter.every(3).atEpochs())).startsWith(3, 6);
    }

    @Test
    void aTimeStringIsAnInterval() {
        assertThat(UpdateFilter.every(TrainingTime.parse("10ba"))).hasToString("every 10 iterations");
        assertThat(UpdateFilter.every(TrainingTime.parse("2ep"))).hasToString("every 2 epochs");
        assertThatThrownBy(() -> UpdateFilter.every(TrainingTime.parse("0.5dur")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as 10ba or 2ep, not every 0.5dur");
        assertThatThrownBy(() -> UpdateFilter.every(TrainingTime.parse("0ba"))).hasMessageContaining("not every 0");
    }

    @Test
    void itSaysWhenItFires() {
        assertThat(UpdateFilter.every(1)).hasToString("every iteration");
        assertThat(UpdateFilter.every(5).after(3).before(9).atEpochs()).hasToString("every 5 epochs after 3 before 9");
        assertThat(UpdateFilter.once(4, 2)).hasToString("once at iteration [2, 4]");
    }

    @Test
    void whatCannotFireIsRefused() {
        assertThatThrownBy(() -> UpdateFilter.every(0)).hasMessageContaining("not every 0");
        assertThatThrownBy(UpdateFilter::once).hasMessageContaining("once at none");
        assertThatThrownBy(() -> UpdateFilter.once(3, 0)).hasMessageContaining("once at 0");
        assertThatThrownBy(() -> UpdateFilter.between(0, 3)).hasMessageContaining("from 0 to 3");
        assertThatThrownBy(() -> UpdateFilter.between(4, 3)).hasMessageContaining("from 4 to 3");
        assertThatThrownBy(() -> UpdateFilter.every(1).after(-1)).hasMessageContaining("none before or after -1");
        assertThatThrownBy(() -> UpdateFilter.once(3).before(5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("need no first and no last");
    }
}
