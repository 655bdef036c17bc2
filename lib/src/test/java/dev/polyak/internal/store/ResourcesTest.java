package dev.polyak.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is owned together is freed together, the last first, and as often as it takes. */
class ResourcesTest {
    private final List<String> freed = new ArrayList<>();

    @Test
    void whatCouldNotBeFreedIsTriedAgainAndNothingElse() {
        Resources resources = new Resources();
        boolean[] busy = {true};
        resources.keep(() -> freed.add("first"));
        resources.keep(() -> {
            if (busy[0]) {
                throw new IllegalStateException("busy");
            }
            freed.add("second");
        });
        resources.keep(() -> freed.add("third"));
        assertThatThrownBy(resources::close).hasMessage("busy");
        assertThat(freed).containsExactly("third", "first");
        busy[0] = false;
        resources.close();
        resources.close();
        assertThat(freed).containsExactly("third", "first", "second");
    }
}
