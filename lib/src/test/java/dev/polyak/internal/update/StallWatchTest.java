package dev.polyak.internal.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.Numbers;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StallWatchTest {
    private final Logger logger = Logger.getLogger("dev.polyak");
    private final List<String> warnings = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord message) {
            warnings.add(new SimpleFormatter().formatMessage(message));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void leave() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, BF16, 0.9999, 1", // each update is a ten-thousandth of the way, far below half a last place
        "F16, F16, 0.9999, 1",
        "BF16, F32, 0.9999, 0",
        "F32, F32, 0.9999, 0",
        "BF16, BF16, 0.5, 0"
    })
    void anAverageThatNoLongerMovesIsNamedOnce(DType type, DType kept, double decay, int expected) {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("small", type, 3), TensorSpec.parameter("large.weight", type, 5000));
        try (ParameterStore model = Numbers.random(layout, 1);
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(decay))
                        .dtype(kept)
                        .build()) {
            for (int step = 0; step < 200; step++) {
                Numbers.randomize(model, 2 + step);
                average.update();
            }
        }
        assertThat(warnings).hasSize(expected);
        assertThat(warnings)
                .allMatch(text -> text.contains("'large.weight'") && text.contains("keep the average in F32"));
    }
}
