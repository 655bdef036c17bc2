package dev.polyak.cli.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that their systems would refuse, and options that do not go with them: one sentence, and nothing done. */
class RuleErrorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            mmengine.ExponentialMovingAverage(model, momentum=0)        | momentum must be in range (0.0, 1.0), but got 0.0
            mmengine.ExponentialMovingAverage(model, momentum=1.0)      | momentum must be in range (0.0, 1.0), but got 1.0
            MomentumAnnealingEMA(model, gamma=0)                        | gamma must be greater than 0, but got 0.0
            EMAHook(begin_iter=3, begin_epoch=2)                        | EMAHook: begin_iter and begin_epoch should not be both set
            EMAHook(begin_epoch=2)                                      | EMAHook with begin_epoch counts epochs: say how many steps one has (--steps-per-epoch)
            EMAHook(ema_type='Mean')                                    | EMAHook knows no ema_type 'Mean'; there are ExponentialMovingAverage, MomentumAnnealingEMA, StochasticWeightAverage
            EMAHook(begin_iter=3, interwal=2)                           | EMAHook's ExponentialMovingAverage has no argument 'interwal'
            EMAHandler(model, momentum=0)                               | invalid momentum: 0.0
            EMAHandler(model, momentum=1)                               | invalid momentum: 1.0
            EMAHandler(model, handle_buffers='keep')                    | handle_buffers can only be one of 'copy', 'update', 'ema_train', but got 'keep'
            composer.EMA(half_life=None)                                | either half_life or smoothing must be specified
            composer.EMA('5ba', smoothing=0.9)                          | only one of half_life or smoothing can be specified
            composer.EMA('5ba', update_interval='1ep')                  | units of half_life and update_interval must match
            composer.EMA('5tok')                                        | invalid time unit for parameter update_interval: 1tok
            composer.EMA('5 batches')                                   | '5 batches' is no amount of training
            composer.EMA('2ba', ema_start='3sec')                       | ema_start is given in 'dur', 'ba' or 'ep', not as 3sec
            composer.EMA('2ep')                                         | composer.EMA in epochs counts epochs: say how many steps one has (--steps-per-epoch)
            AveragedModel(model, avg_fn=get_swa_avg_fn(), multi_avg_fn=get_swa_multi_avg_fn()) | only one of avg_fn and multi_avg_fn should be provided
            AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(1.5)) | invalid decay value 1.5 provided
            AveragedModel(model, avg_fn=get_ema_avg_fn(-0.1))           | invalid decay value -0.1 provided
            AveragedModel(model, avg_fn=mine)                           | AveragedModel: avg_fn must be get_swa_avg_fn() or get_ema_avg_fn(decay), not mine
            AveragedModel(model, avg_fn=lambda a, b, n: a)              | a lambda cannot be read: nothing of the text is executed
            ema_pytorch.EMA(model, update_every=0)                      | EMA: update_every must be at least 1, not 0
            KarrasEMA(model)                                            | KarrasEMA: either sigma_rel or gamma is given
            KarrasEMA(model, sigma_rel=0.1, gamma=6.9)                  | KarrasEMA: either sigma_rel or gamma is given
            PostHocEMA(model, sigma_rels=(0.1,))                        | PostHocEMA: at least 2 averages with different gammas are needed
            PostHocEMA(model, gammas=(7, 7))                            | PostHocEMA: the gammas must all be different
            PostHocEMA(model, gammas=(7, 9)).synthesize_ema_model()     | synthesize_ema_model: either gamma or sigma_rel is given
            PostHocEMA(model, gammas=(7, 9), checkpoint_dtype=torch.int8).synthesize_ema_model(gamma=8) | PostHocEMA: checkpoint_dtype must be torch.float16, torch.bfloat16, torch.float32 or torch.float64, not torch.int8
            PowerFunctionEMA(net, stds=[0.5])                           | no power function has a relative width of 0.5
            PowerFunctionEMA(net, stds=[])                              | PowerFunctionEMA: stds is empty, so there is no average
            TraditionalEMA(net)                                         | edm2.TraditionalEMA counts images: say how many a step has (--batch-size)
            tf.ExponentialMovingAverage()                               | ExponentialMovingAverage needs the argument 'decay'
            optax.ema()                                                 | ema needs the argument 'decay'
            optax.incremental_update(new, old)                          | incremental_update needs the argument 'step_size'
            nemo.EMA(decay=2.0)                                         | EMA decay value must be between 0 and 1, not 2.0
            EMA(model)                                                  | 'EMA' is in several systems; write composer.EMA or ema_pytorch.EMA or nemo.EMA
            ExponentialMovingAverage(model)                             | 'ExponentialMovingAverage' is in several systems; write mmengine.ExponentialMovingAverage or tf.train.ExponentialMovingAverage
            timm.EMA(model)                                             | there is no rule 'timm.EMA'; write composer.EMA or ema_pytorch.EMA or nemo.EMA
            timm.ModelEmaV4(model)                                      | there is no rule 'timm.ModelEmaV4'; there are timm.ModelEma, timm.ModelEmaV2,
            ModelEmaV3(model, use_warmpu=True)                          | ModelEmaV3 has no argument 'use_warmpu'; its arguments are model, decay, min_decay, update_after_step, use_warmup,
            ModelEmaV3(model, decay='high')                             | ModelEmaV3: decay must be a number, not 'high'
            ModelEmaV3(model, 0.9, decay=0.8)                           | ModelEmaV3: the argument 'decay' is given twice
            ModelEmaV3(model, decay=0.9                                 | cannot read «ModelEmaV3(model, decay=0.9»: expected ')' at its end
            ModelEmaV3                                                  | «ModelEmaV3» is no call; write it as the training script does
            __import__('os').system('true')                             | there is no rule '__import__'
            ""                                                          | cannot read «»: expected a value at its end
            """)
    void refusesWhatTheSystemRefuses(String call, String sentence) {
        assertMisused(sentence, "schedule", "--steps", 9, "--as", call);
        assertMisused(sentence, "average", "-o", "out.safetensors", "a.safetensors", "b.safetensors", "--as", call);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --ema 0.9            | choose one of --as, --ema, --momentum, --half-life, --cosine, --swa and --weights
            --swa                | choose one of --as, --ema, --momentum, --half-life, --cosine, --swa and --weights
            --warmup ramp        | --warmup does not go with --as, whose call says how the system averages
            --start 3            | --start does not go with --as
            --order lerp         | --order does not go with --as
            --buffers copy       | --buffers does not go with --as
            --integers copy      | --integers does not go with --as
            --every 0            | an average is told of every 1 or more steps, not of every 0
            --steps-per-epoch 0  | --steps-per-epoch must be at least 1, not 0
            --batch-size -1      | --batch-size must be at least 1, not -1
            --max-steps many     | invalid value for option '--max-steps': 'many' is not a long
            """)
    void refusesOptionsThatDoNotGoWithACall(String options, String sentence) {
        List<Object> arguments = new ArrayList<>(List.of("schedule", "--steps", 9, "--as", "ModelEmaV3(model)"));
        arguments.addAll(List.of(options.split(" ")));

        assertMisused(sentence, arguments.toArray());
    }

    @ParameterizedTest
    @CsvSource({"--steps-per-epoch", "--batch-size", "--max-steps"})
    void refusesOptionsThatGoWithACall(String option) {
        assertMisused(option + " goes with --as", "schedule", "--steps", 9, "--ema", 0.9, option, 8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --max-steps 12 | 2
            ''             | 0
            """)
    void holdsACallToTheLengthOfTheTrainingOnlyIfThatIsGiven(String options, int status) {
        List<Object> arguments =
                new ArrayList<>(List.of("schedule", "--json", "--steps", 9, "--as", "EMAHook(begin_iter=13)"));
        List.of(options.split(" ")).stream().filter(word -> !word.isEmpty()).forEach(arguments::add);

        assertThat(Cli.run(arguments.toArray()).status()).isEqualTo(status);
    }

    private static void assertMisused(String sentence, Object... arguments) {
        Cli result = Cli.run(arguments);

        assertThat(result.err())
                .startsWith("polyak: " + sentence)
                .endsWith("--help)\n")
                .hasLineCount(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(2);
    }
}
