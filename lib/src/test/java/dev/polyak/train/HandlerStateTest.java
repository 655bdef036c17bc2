package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.AverageCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerStateTest {
    private static final HandlerState STATE = new HandlerState(
            1L << 40, 7, List.of(new AverageCounters(30, 20), new AverageCounters(30, 3)), List.of(0.1, 1 / 3.0), true);

    @Test
    void itIsReadBackFromStrings() {
        assertThat(STATE.toMetadata())
                .allSatisfy((key, value) -> assertThat(key).startsWith("polyak.train."));
        Map<String, String> among = new HashMap<>(STATE.toMetadata());
        among.put("format", "pt");
        assertThat(HandlerState.fromMetadata(among)).isEqualTo(STATE);
    }

    @Test
    void anEarlierStateHasTheUpdatesOfTheFirstAverageAlone() {
        HandlerState earlier = HandlerState.fromMetadata(with("polyak.train.updates", "20"));
        assertThat(earlier.counters(0)).isEqualTo(new AverageCounters(30, 20));
        assertThat(earlier.counters(1)).isEqualTo(new AverageCounters(30, 20));
    }

    @Test
    void whatIsMissingOrDamagedIsNamed() {
        assertThatThrownBy(() -> HandlerState.fromMetadata(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'polyak.train.iteration' is missing");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.epoch", "seven")))
                .hasMessage("'polyak.train.epoch' is no whole number but 'seven'");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.momenta", "0.1,,")))
                .hasMessage("'polyak.train.momenta' are no numbers but '0.1,,'");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.swapped", "yes")))
                .hasMessage("'polyak.train.swapped' is neither true nor false");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.updates", "31")))
                .hasMessageContaining("31 updates in 30 calls");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.updates", "2,")))
                .hasMessage("'polyak.train.updates' is no whole number but ''");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.updates", "3,2,1")))
                .hasMessageContaining("with 2 averages and the updates of 3");
        assertThatThrownBy(() -> HandlerState.fromMetadata(with("polyak.train.iteration", "-1")))
                .hasMessageContaining("iteration -1");
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> metadata = new HashMap<>(STATE.toMetadata());
        metadata.put(key, value);
        return metadata;
    }
}
