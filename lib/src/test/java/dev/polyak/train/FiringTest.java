package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.schedule.TrainingTime;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiringTest {
    private static long[] fired(Firing firing) {
        return LongStream.rangeClosed(1, 32).filter(firing::fires).toArray();
    }

    @Test
    void firesAsTheEventFiltersOfIgnite() {
        assertThat(fired(Firing.every(1))).hasSize(32);
        assertThat(fired(Firing.every(7))).containsExactly(7, 14, 21, 28);
        assertThat(fired(Firing.every(5).after(20))).containsExactly(21, 26, 31);
        assertThat(fired(Firing.every(5).before(20))).containsExactly(1, 6, 11, 16);
        assertThat(fired(Firing.every(5).after(2).before(18))).containsExactly(3, 8, 13);
        assertThat(fired(Firing.every(1).after(29))).containsExactly(30, 31, 32);
        assertThat(fired(Firing.every(1).before(3))).containsExactly(1, 2);
        assertThat(fired(Firing.once(4))).containsExactly(4);
        assertThat(fired(Firing.once(9, 2, 30))).containsExactly(2, 9, 30);
        assertThat(fired(Firing.between(30, 31))).containsExactly(30, 31);
        assertThat(fired(Firing.between(31, Long.MAX_VALUE))).containsExactly(31, 32);
    }

    @Test
    void firesOnIterationsOrEpochs() {
        assertThat(Firing.every(3).isAtEpochs()).isFalse();
        assertThat(Firing.every(3).atEpochs().isAtEpochs()).isTrue();
        assertThat(fired(Firing.every(3).atEpochs())).startsWith(3, 6);
    }

    @Test
    void aTimeStringIsAnInterval() {
        assertThat(Firing.every(TrainingTime.parse("10ba"))).hasToString("every 10 iterations");
        assertThat(Firing.every(TrainingTime.parse("2ep"))).hasToString("every 2 epochs");
        assertThatThrownBy(() -> Firing.every(TrainingTime.parse("0.5dur")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as 10ba or 2ep, not every 0.5dur");
        assertThatThrownBy(() -> Firing.every(TrainingTime.parse("0ba"))).hasMessageContaining("not every 0");
    }

    @Test
    void itSaysWhenItFires() {
        assertThat(Firing.every(1)).hasToString("every iteration");
        assertThat(Firing.every(5).after(3).before(9).atEpochs()).hasToString("every 5 epochs after 3 before 9");
        assertThat(Firing.once(4, 2)).hasToString("once at iteration [2, 4]");
    }

    @Test
    void whatCannotFireIsRefused() {
        assertThatThrownBy(() -> Firing.every(0)).hasMessageContaining("not every 0");
        assertThatThrownBy(Firing::once).hasMessageContaining("once at none");
        assertThatThrownBy(() -> Firing.once(3, 0)).hasMessageContaining("once at 0");
        assertThatThrownBy(() -> Firing.between(0, 3)).hasMessageContaining("from 0 to 3");
        assertThatThrownBy(() -> Firing.between(4, 3)).hasMessageContaining("from 4 to 3");
        assertThatThrownBy(() -> Firing.every(1).after(-1)).hasMessageContaining("none before or after -1");
        assertThatThrownBy(() -> Firing.once(3).before(5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("need no first and no last");
    }
}
