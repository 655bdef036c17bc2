package dev.polyak.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.AverageBuilder;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** A run that crashes at any step and is resumed from its checkpoint is the uninterrupted run, bit for bit. */
class ResumeTest {
    private static final int EPOCHS = 4;
    private static final int ITERATIONS = 4;
    private static final int MICRO_BATCHES = 2;
    /** Per epoch: one after each iteration, one in the evaluation, one after it. */
    private static final int CHECKPOINTS = EPOCHS * (ITERATIONS + 2);

    private static final List<AverageRule> RULES = List.of(
            ScheduledRule.of(Schedules.decay(0.99).warmup(Warmup.inverseGamma(1, 0.75))),
            ScheduledRule.of(Schedules.equal())
                    .formula(UpdateFormula.TOWARDS)
                    .every(2)
                    .start(3)
                    .buffers(BufferPolicy.FREEZE)
                    .integers(IntegerPolicy.FREEZE),
            ScheduledRule.of(Schedules.momentum(0.3))
                    .formula(UpdateFormula.BLEND)
                    .buffers(BufferPolicy.AVERAGE)
                    .integers(IntegerPolicy.TRUNCATE),
            new Debiased());

    private enum Begin {
        AT_ONCE,
        ITERATION,
        EPOCH
    }

    private enum Fires {
        ITERATIONS,
        THIRDS,
        EPOCHS
    }

    private final Logger logger = Logger.getLogger("dev.polyak");

    @BeforeProperty
    void quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterProperty
    void loud() {
        logger.setLevel(null);
    }

    @Property(tries = 300)
    void aResumedRunIsTheUninterruptedOne(
            @ForAll @IntRange(max = CHECKPOINTS - 1) int crash,
            @ForAll @IntRange(max = 4) int rule,
            @ForAll boolean wide,
            @ForAll Begin begin,
            @ForAll Fires fires) {
        Setup setup = new Setup(rule < 4 ? List.of(RULES.get(rule)) : RULES.subList(0, 3), wide, begin, fires);
        try (Run uninterrupted = new Run(setup, -1);
                Run crashed = new Run(setup, crash)) {
            uninterrupted.train();
            crashed.train();
            assertThat(crashed.resumed).isTrue();
            assertThat(crashed.momenta).isEqualTo(uninterrupted.momenta);
            assertThat(crashed.evaluated).isEqualTo(uninterrupted.evaluated);
            assertThat(crashed.handler.checkpointSaving()).isEqualTo(uninterrupted.handler.checkpointSaving());
            assertThat(Net.different(crashed.net, uninterrupted.net)).isEmpty();
            for (int k = 0; k < setup.rules.size(); k++) {
                assertThat(Net.different(crashed.handler.averageStore(k), uninterrupted.handler.averageStore(k)))
                        .isEmpty();
            }
        }
    }

    private record Setup(List<AverageRule> rules, boolean wide, Begin begin, Fires fires) {
        AveragingHandler handler(ParameterStore net) {
            AverageBuilder average = ParameterAverage.builder(net).rules(rules);
            AveragingHandlerBuilder handler =
                    AveragingHandler.builder(wide ? average.dtype(DType.F64).build() : average.build());
            switch (begin) {
                case AT_ONCE -> {}
                case ITERATION -> handler.beginIteration(6);
                case EPOCH -> handler.beginEpoch(3);
            }
            switch (fires) {
                case ITERATIONS -> {}
                case THIRDS -> handler.filter(UpdateFilter.every(3));
                case EPOCHS -> handler.filter(UpdateFilter.every(1).atEpochs());
            }
            return handler.build();
        }
    }

    private static final class Run implements AutoCloseable {
        private final Setup setup;
        private final int crash;
        private final List<Double> momenta = new ArrayList<>();
        private final List<Double> evaluated = new ArrayList<>();
        private ParameterStore net = Net.create();
        private AveragingHandler handler;
        private int checkpoints;
        private boolean resumed;

        Run(Setup setup, int crash) {
            this.setup = setup;
            this.crash = crash;
            handler = setup.handler(net);
        }

        void train() {
            for (long epoch = handler.epoch(); epoch < EPOCHS; epoch++) {
                for (int i = 0; i < ITERATIONS; i++) {
                    for (int micro = 1; micro < MICRO_BATCHES; micro++) {
                        handler.iterationCompleted();
                    }
                    handler.optimizerStepping();
                    Net.step(net, handler.iteration() + 1);
                    handler.iterationCompleted();
                    momenta.add(handler.momentum());
                    checkpoint();
                }
                handler.epochCompleted();
                momenta.add(handler.momentum());
                boolean crashed;
                try (Evaluation evaluation = handler.evaluation()) {
                    evaluated.add(evaluation.isSwapped() ? Net.get(net, "bias") : Double.NaN);
                    crashed = checkpoint();
                }
                if (!crashed) {
                    assertThat(handler.checkpointSaving().swapped()).isFalse();
                }
                checkpoint();
            }
        }

        /** Saves, and, where it is to crash, forgets everything and resumes. */
        private boolean checkpoint() {
            if (checkpoints++ != crash) {
                return false;
            }
            Map<String, String> state = handler.checkpointSaving().toMetadata();
            ParameterStore model = Net.copy(handler.modelStore());
            ParameterStore[] averages = new ParameterStore[setup.rules.size()];
            for (int k = 0; k < averages.length; k++) {
                averages[k] = Net.copy(handler.averageStore(k));
            }
            close();
            Net.step(net, 1000); // nobody may look at these numbers any more
            net = Net.create();
            handler = setup.handler(net);
            net.copyFrom(model);
            handler.checkpointLoaded(HandlerState.fromMetadata(state), averages);
            model.close();
            for (ParameterStore average : averages) {
                average.close();
            }
            resumed = true;
            return true;
        }

        @Override
        public void close() {
            handler.close();
        }
    }

    /** An average that begins at zero, as those of TensorFlow and optax. */
    private record Debiased() implements AverageRule {
        @Override
        public Call call(long number) {
            return Call.UPDATE;
        }

        @Override
        public double weight(long number) {
            return 0.25;
        }

        @Override
        public UpdateFormula formula() {
            return UpdateFormula.BLEND;
        }

        @Override
        public Treatment treatment(TensorSpec tensor) {
            return Treatment.of(tensor, BufferPolicy.COPY, IntegerPolicy.COPY);
        }

        @Override
        public boolean startsAtZero() {
            return true;
        }

        @Override
        public double debiasing(long calls) {
            return 1 - Math.pow(0.75, calls);
        }
    }
}
