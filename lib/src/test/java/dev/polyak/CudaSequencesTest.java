package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cuda.CudaStream;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Any sequence of operations gives on a GPU what it gives on the host, however late its streams are. */
class CudaSequencesTest {
    private static final int SEQUENCES = 10_000;
    private static final ParameterLayout LAYOUT = ParameterLayout.of(
            TensorSpec.parameter("w", DType.F32, 37),
            TensorSpec.parameter("v", DType.BF16, 11),
            TensorSpec.buffer("n", DType.I64));

    @BeforeEach
    void requireCuda() {
        StandIn.require();
    }

    @Test
    void tenThousandSequencesOfOperations() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            StandIn.delays(seed, seed % 20 == 0 ? 200 : 3);
            run(new Random(seed), seed);
        }
        assertThat(StandIn.liveBytes()).isZero();
    }

    private static void run(Random random, int seed) {
        DType kept = random.nextInt(3) == 0 ? DType.F32 : null;
        try (ParameterStore host = Numbers.random(LAYOUT, seed);
                ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cuda(0));
                CudaStream stream = CudaStream.create(0)) {
            model.copyFrom(host);
            try (ParameterAverage expected = Averages.of(host, kept);
                    ParameterAverage average = Averages.of(model, kept);
                    ParameterAverage second = ParameterAverage.builder(model)
                            .schedule(Schedules.decay(0.5))
                            .build();
                    ParameterAverage secondExpected = ParameterAverage.builder(host)
                            .schedule(Schedules.decay(0.5))
                            .build()) {
                int operations = 2 + random.nextInt(6);
                for (int i = 0; i < operations; i++) {
                    switch (random.nextInt(8)) {
                        case 0 -> {
                            average.update();
                            expected.update();
                        }
                        case 1, 2 -> {
                            average.update(stream);
                            expected.update();
                        }
                        case 3 -> {
                            second.update(stream);
                            secondExpected.update();
                        }
                        case 4 -> {
                            Numbers.randomize(host, random.nextInt());
                            model.copyFrom(host);
                        }
                        case 5 -> {
                            try (SwappedAverage here = average.swap();
                                    SwappedAverage there = expected.swap()) {
                                assertThat(Numbers.firstDifference(model, host)).isEmpty();
                                assertThat(Numbers.firstDifference(here.model(), there.model()))
                                        .isEmpty();
                            }
                        }
                        case 6 -> {
                            average.restore(second.counters(), second.store());
                            expected.restore(secondExpected.counters(), secondExpected.store());
                        }
                        default -> {
                            second.restart();
                            secondExpected.restart();
                        }
                    }
                }
                assertThat(Numbers.firstDifference(average.store(), expected.store()))
                        .as("sequence %d", seed)
                        .isEmpty();
                assertThat(Numbers.firstDifference(second.store(), secondExpected.store()))
                        .as("sequence %d", seed)
                        .isEmpty();
                assertThat(Numbers.firstDifference(model, host)).isEmpty();
                assertThat(average.counters()).isEqualTo(expected.counters());
            }
        }
    }
}
