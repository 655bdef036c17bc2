package dev.polyak.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private static final TrainingFacts TRAINING =
            TrainingFacts.UNKNOWN.stepsPerEpoch(4).batchSize(128).maxSteps(12);
    private static final TensorSpec PARAMETER = TensorSpec.parameter("w", DType.F32);
    private static final TensorSpec BUFFER = TensorSpec.buffer("norm.running_mean", DType.F32);
    private static final TensorSpec INTEGER = TensorSpec.buffer("norm.num_batches_tracked", DType.I64);

    /** The weights of the first calls as case files have them: null, 1.0, or the weight. */
    private static String weights(String text, int count) {
        AverageRule rule = Rules.parse(text, TRAINING).rule();
        StringBuilder weights = new StringBuilder();
        for (long n = 1; n <= count; n++) {
            weights.append(
                            switch (rule.call(n)) {
                                case HOLD, COPY_BUFFERS -> "-";
                                case COPY, COPY_THEN_UPDATE -> "copy";
                                case UPDATE -> String.valueOf((float) rule.weight(n));
                            })
                    .append(' ');
        }
        return weights.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timm.ModelEma(model, 0.75)|0.25 0.25 0.25 0.25",
                "ModelEmaV2(model, decay=0.75)|0.25 0.25 0.25 0.25",
                "ModelEmaV3(model, decay=0.75)|1.0 0.25 0.25 0.25",
                "ModelEmaV3(model, decay=0.75).update(model)|0.25 0.25 0.25 0.25",
                "ModelEmaV3(model, decay=0.75).update(model, step=i)|1.0 0.25 0.25 0.25",
                "ModelEmaV3(model, 0.9, 0.6, 1, True, 1, 1)|1.0 1.0 0.4 0.33333334",
                "mmengine.ExponentialMovingAverage(model, momentum=0.1, interval=2)|copy - 0.1 -",
                "MomentumAnnealingEMA(model, gamma=4)|copy 0.8 0.6666667 0.5714286",
                "StochasticWeightAverage(model)|copy 0.5 0.33333334 0.25",
                "EMAHook(begin_iter=3, momentum=0.1)|copy copy copy 0.1",
                "EMAHook(ema_type='StochasticWeightAverage', begin_epoch=2)|copy copy copy copy copy 0.5 0.33333334",
                "dict(type='EMAHook', momentum=0.1)|copy 0.1 0.1 0.1",
                "composer.EMA(half_life='1ba')|copy 0.5 0.5 0.5",
                "composer.EMA(half_life='1ba', ema_start='0.25dur')|- - copy 0.5",
                "composer.EMA(half_life='1ep', update_interval='1ep')|- - - copy - - - 0.5",
                "composer.EMA(half_life=None, smoothing=0.75, update_interval='2ba')|copy 0.25 - 0.25",
                "compute_ema(model, ema_model, smoothing=0.75)|0.25 0.25 0.25 0.25",
                "EMAHandler(model, momentum=0.1, momentum_warmup=0.5, warmup_iters=5)|0.5 0.4 0.3 0.2 0.1 0.1",
                "EMAHandler(model, momentum=0.1, momentum_warmup=0.5)|0.1 0.1 0.1 0.1",
                "AveragedModel(model)|copy 0.5 0.33333334 0.25",
                "AveragedModel(model, avg_fn=get_ema_avg_fn(0.75))|copy 0.25 0.25 0.25",
                "torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay=0.75))|copy 0.25 0.25 0.25",
                "EMAModel(model.parameters())|1.0 0.8181818 0.75 0.6923077",
                "EMAModel(model.parameters(), use_ema_warmup=True, power=1)|1.0 0.5 0.33333334 0.25",
                "ema_pytorch.EMA(model, update_after_step=0, update_every=2)|copy - 0.48074985 -",
                "KarrasEMA(model, gamma=1, update_every=1)|copy 0.5555556 0.4375 0.36",
                "PowerFunctionEMA(net, stds=[0.1])|1.0 0.99591994 0.9599753 0.89806205",
                "TraditionalEMA(net, halflife_Mimg=128e-6, rampup_ratio=None)|0.5 0.5 0.5 0.5",
                "tf.train.ExponentialMovingAverage(0.75, num_updates=global_step)|0.8181818 0.75 0.6923077 0.64285713",
                "tf.ExponentialMovingAverage(0.75)|0.25 0.25 0.25 0.25",
                "optax.ema(0.75)|0.25 0.25 0.25 0.25",
                "incremental_update(new, old, 0.11)|0.11 0.11 0.11 0.11",
                "EMAWeightAveraging(decay=0.75, update_every_n_steps=2, update_starting_at_step=1)|- - copy - 0.25",
                "nemo.EMA(decay=0.75, every_n_steps=2)|0.25 - 0.25 -",
                "e.lerp_(p.float(), 0.1)|0.1 0.1 0.1 0.1",
                "e.mul_(0.9).add_(p, alpha=0.1)|0.1 0.1 0.1 0.1"
            })
    void callsHaveTheirSystemsWeights(String text, String expected) {
        assertThat(weights(text, expected.split(" ").length)).isEqualTo(expected);
    }

    @Test
    void whatIsHeldIsHeldAsTheSystemDoes() {
        assertThat(treatments("timm.ModelEma(model)"))
                .containsExactly(Treatment.AVERAGE, Treatment.AVERAGE, Treatment.TRUNCATE);
        assertThat(treatments("ModelEmaV3(model)"))
                .containsExactly(Treatment.AVERAGE, Treatment.AVERAGE, Treatment.COPY);
        assertThat(treatments("ModelEmaV3(model, exclude_buffers=True)"))
                .containsExactly(Treatment.AVERAGE, Treatment.COPY, Treatment.COPY);
        assertThat(treatments("MomentumAnnealingEMA(model, update_buffers=True)"))
                .containsExactly(Treatment.AVERAGE, Treatment.AVERAGE, Treatment.FREEZE);
        assertThat(treatments("EMAHandler(model, handle_buffers='ema_train')"))
                .containsExactly(Treatment.AVERAGE, Treatment.LEAVE, Treatment.LEAVE);
        assertThat(treatments("EMAModel(model.parameters())"))
                .containsExactly(Treatment.AVERAGE, Treatment.OMIT, Treatment.OMIT);
        assertThat(treatments("ema_pytorch.EMA(model)"))
                .containsExactly(Treatment.AVERAGE, Treatment.AVERAGE, Treatment.LEAVE);
        assertThat(treatments(
                        "ema_pytorch.EMA(model, ignore_startswith_names={'norm'}, param_or_buffer_names_no_ema=['w'])"))
                .containsExactly(Treatment.COPY, Treatment.FREEZE, Treatment.LEAVE);
    }

    private static List<Treatment> treatments(String text) {
        AverageRule rule = Rules.parse(text, TRAINING).rule();
        return List.of(rule.treatment(PARAMETER), rule.treatment(BUFFER), rule.treatment(INTEGER));
    }

    @Test
    void everyStepsCountTheCallsThatAreMade() {
        AverageRule rule = Rules.parse("AveragedModel(model)", TrainingFacts.UNKNOWN.every(3))
                .rule();
        assertThat(List.of(rule.call(1), rule.call(3), rule.call(6)))
                .containsExactly(AverageRule.Call.HOLD, AverageRule.Call.COPY, AverageRule.Call.UPDATE);
        assertThat(rule.weight(6)).isEqualTo(0.5);
    }

    @Test
    void ignitesBuffersAreLiveFromTheFirstFiringOn() {
        AverageRule rule =
                Rules.ignite().in(TrainingFacts.UNKNOWN.every(2)).build().rule();
        assertThat(List.of(rule.call(1), rule.call(2), rule.call(3)))
                .containsExactly(AverageRule.Call.HOLD, AverageRule.Call.UPDATE, AverageRule.Call.COPY_BUFFERS);
    }

    @Test
    void theBuildersSayInJavaWhatTheTextSaysInPython() {
        Rules.Builder builder =
                Rules.timmV3().with("decay", 0.9).with("use_warmup", true).with("update_after_step", 2L);
        assertThat(builder).hasToString("timm.ModelEmaV3(decay=0.9, use_warmup=True, update_after_step=2)");
        assertThat(builder.build().rule().rule())
                .isEqualTo(Rules.parse("ModelEmaV3(model, decay=0.9, use_warmup=True, update_after_step=2)")
                        .rule()
                        .rule());
        assertThatThrownBy(() -> Rules.timmV3().with("decy", 0.9).build())
                .hasMessageContaining("no argument 'decy'; its arguments are model, decay, min_decay");
        assertThat(Rules.composer()
                        .withNone("half_life")
                        .with("smoothing", 0.9)
                        .build()
                        .rule()
                        .decay(1))
                .isEqualTo(0.9);
        assertThat(Rules.mmengineHook()
                        .with("ema_type", "MomentumAnnealingEMA")
                        .build()
                        .rule()
                        .call(1))
                .isEqualTo(AverageRule.Call.COPY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timm",
                "timmV2",
                "timmV3",
                "mmengine",
                "mmengineAnnealing",
                "mmengineSwa",
                "mmengineHook",
                "composer",
                "ignite",
                "torch",
                "diffusers",
                "emaPytorch",
                "edm2",
                "lightning"
            })
    void everyBuilderNamesACallThatIsKnown(String method) throws Exception {
        Rules.Builder builder = (Rules.Builder) Rules.class.getMethod(method).invoke(null);
        assertThat(builder.in(TRAINING).build().rules()).isNotEmpty();
        assertThat(Rules.names()).contains(builder.toString().replace("()", ""));
    }

    @Test
    void factsAreGivenByName() {
        TrainingFacts facts = TrainingFacts.UNKNOWN
                .every(2)
                .stepsPerEpoch(100)
                .batchSize(2048)
                .maxSteps(5000);
        assertThat(facts).hasToString("TrainingFacts[every=2, stepsPerEpoch=100, batchSize=2048, maxSteps=5000]");
        assertThat(facts.maxSteps(0).batchSize(0).stepsPerEpoch(0).every(1)).isEqualTo(TrainingFacts.UNKNOWN);
        assertThat(facts).isNotEqualTo(facts.batchSize(1)).hasSameHashCodeAs(facts.batchSize(2048));
        assertThatThrownBy(() -> facts.every(0)).hasMessageContaining("every 1 or more steps, not of every 0");
        assertThatThrownBy(() -> facts.stepsPerEpoch(-1))
                .hasMessage("the number of steps per epoch cannot be negative, but is -1");
        assertThatThrownBy(() -> facts.batchSize(-1)).hasMessageContaining("batch size cannot be negative");
        assertThatThrownBy(() -> facts.maxSteps(-1)).hasMessageContaining("number of steps cannot be negative");
    }

    @Test
    void severalAveragesHaveSuffixes() {
        FrameworkAverages averages = Rules.parse("PowerFunctionEMA(net)");
        assertThat(averages.suffixes()).containsExactly("-0.050", "-0.100");
        assertThat(averages.rules()).hasSize(2);
        assertThatThrownBy(averages::rule)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("PowerFunctionEMA(net) makes 2 averages: take rules()");
        assertThat(Rules.parse("e.lerp_(p.float(), 0.1)").dtype()).contains(DType.F32);
    }

    @Test
    void powerFunctionsHaveThePapersNumbers() {
        assertThat(PowerFunction.gamma(0.05)).isCloseTo(16.972198602303, within(1e-12));
        assertThat(PowerFunction.gamma(0.10)).isCloseTo(6.937203937602, within(1e-12));
        for (double sigma = 0.01; sigma < 0.28; sigma += 0.01) {
            assertThat(PowerFunction.sigma(PowerFunction.gamma(sigma))).isCloseTo(sigma, within(1e-14));
        }
        assertThatThrownBy(() -> PowerFunction.gamma(0.5)).hasMessageContaining("0.5");
    }

    @Test
    void thePostHocWeightsAreThoseOfThePaper() {
        double narrow = PowerFunction.gamma(0.05);
        double wide = PowerFunction.gamma(0.10);
        List<PostHoc.Snapshot> snapshots = List.of(
                new PostHoc.Snapshot(1000, narrow),
                new PostHoc.Snapshot(1000, wide),
                new PostHoc.Snapshot(2000, narrow),
                new PostHoc.Snapshot(2000, wide),
                new PostHoc.Snapshot(3000, wide));
        PostHoc.Combination combination =
                PostHoc.solve(snapshots, new PostHoc.Snapshot(2000, PowerFunction.gamma(0.075)), true);
        double[] expected = {1.35748e-4, -2.426627e-3, .3429690, .6593218, 0};
        for (int i = 0; i < expected.length; i++) {
            assertThat(combination.weights().get(i)).isCloseTo(expected[i], within(5e-8));
        }
        assertThat(combination.isIllConditioned()).isFalse();
        assertThatThrownBy(() -> PostHoc.solve(snapshots, new PostHoc.Snapshot(10, wide), true))
                .hasMessageContaining("no snapshot is from time 10");
        assertThatThrownBy(() -> PostHoc.solve(
                        List.of(snapshots.get(0), snapshots.get(0)), new PostHoc.Snapshot(2000, wide), true))
                .hasMessageContaining("give each once");
    }
}
