package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.testkit.Warnings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AveragingHandlersTest {
    private final ParameterStore generator = Net.create();
    private final ParameterStore critic = Net.create();
    private final AveragingHandlers averages = new AveragingHandlers();

    @AfterEach
    void close() {
        averages.close();
        generator.close();
        critic.close();
    }

    private static AveragingHandlerBuilder handler(ParameterStore model, double momentum) {
        return AveragingHandler.builder(model, ScheduledRule.of(Schedules.momentum(momentum)));
    }

    private void step() {
        averages.optimizerStepping();
        averages.iterationCompleted();
    }

    @Test
    void eachHasItsOwnMomentumUnderItsName() {
        averages.attach("generator", handler(generator, 0.25).build());
        averages.attach(
                "critic", handler(critic, 0.5).filter(UpdateFilter.every(2)).build());
        step();
        assertThat(averages.momentum("generator")).isEqualTo(0.25);
        assertThat(averages.momentum("critic")).as("a copy still").isEqualTo(1);
        step();
        averages.epochCompleted();
        assertThat(averages.momentum("critic")).isEqualTo(0.5);
        assertThat(averages.handler("critic").average().counters().calls()).isEqualTo(1);
        assertThat(averages.handlers()).containsOnlyKeys("generator", "critic");
        assertThat(averages.handlers().values()).allMatch(handler -> handler.iteration() == 2 && handler.epoch() == 1);
        assertThatThrownBy(() -> averages.momentum("ema"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no handler 'ema'; there are [generator, critic]");
    }

    @Test
    void anExistingNameIsAWarningAndKeepsItsValue() {
        try (Warnings warnings = new Warnings()) {
            assertThat(averages.attach("ema", handler(generator, 0.25).build())).isEqualTo("ema");
            assertThat(averages.attach("ema", handler(critic, 0.5).build())).isEqualTo("ema_2");
            assertThat(averages.attach("ema", handler(critic, 0.75).build())).isEqualTo("ema_3");
            assertThat(warnings.messages())
                    .hasSize(2)
                    .first()
                    .isEqualTo("WARNING: there is a handler 'ema' already, which keeps its name and its momentum;"
                            + " this one is 'ema_2'");
        }
        step();
        assertThat(averages.momentum("ema")).isEqualTo(0.25);
        assertThat(averages.momentum("ema_2")).isEqualTo(0.5);
        assertThat(averages.momentum("ema_3")).isEqualTo(0.75);
    }

    @Test
    void allOfThemAreSavedAndResumedByName() {
        averages.attach("generator", handler(generator, 0.25).build());
        averages.attach("critic", handler(critic, 0.5).build());
        step();
        Map<String, HandlerState> states = averages.checkpointSaving();
        assertThat(states.keySet()).containsExactly("generator", "critic");
        Net.step(generator, 1);
        try (ParameterStore first = Net.copy(generator);
                ParameterStore second = Net.copy(critic);
                AveragingHandlers resumed = new AveragingHandlers()) {
            resumed.attach("critic", handler(critic, 0.5).build());
            assertThatThrownBy(() -> resumed.checkpointLoaded(states, name -> List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the handlers [critic, generator], but there are [critic]");
            resumed.attach("generator", handler(generator, 0.25).build());
            resumed.checkpointLoaded(states, name -> List.of(name.equals("critic") ? second : first));
            assertThat(resumed.checkpointSaving()).isEqualTo(states);
            assertThat(Net.different(resumed.handler("generator").averageStore(), first))
                    .isEmpty();
        }
    }

    @Test
    void aFailureOfOneKeepsNoEventFromTheOthers() {
        for (ParameterStore model : new ParameterStore[] {generator, critic}) {
            averages.attach(
                    "aborting",
                    AveragingHandler.builder(ParameterAverage.builder(model)
                                    .schedule(Schedules.momentum(0.5))
                                    .nonFinite(NonFinitePolicy.ABORT)
                                    .build())
                            .build());
            Net.set(model, "bias", Double.NaN);
        }
        averages.attach("last", handler(critic, 0.5).build());
        assertThatThrownBy(this::step)
                .hasMessageContaining("infinite or NaN")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(averages.handlers().values()).allMatch(handler -> handler.iteration() == 1);
        assertThat(averages.handler("last").average().counters().calls()).isEqualTo(1);
    }
}
