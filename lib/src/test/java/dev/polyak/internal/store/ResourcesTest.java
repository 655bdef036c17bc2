package dev.polyak.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    /** As an arena that is in use. */
    @Test
    void whatCouldNotBeFreedIsFreedByASecondClose() {
        List<String> freed = new ArrayList<>();
        List<String> inUse = new ArrayList<>(List.of("b", "c"));
        Resources resources = new Resources();
        for (String name : List.of("a", "b", "c", "d")) {
            resources.keep(() -> {
                if (inUse.remove(name)) {
                    throw new IllegalStateException(name + " is in use");
                }
                freed.add(name);
            });
        }
        assertThatThrownBy(resources::close)
                .hasMessage("c is in use")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .hasToString("java.lang.IllegalStateException: b is in use"));
        assertThat(freed).containsExactly("d", "a");
        resources.close();
        assertThat(freed).containsExactly("d", "a", "c", "b");
        resources.close();
        assertThat(freed).hasSize(4);
    }
}
