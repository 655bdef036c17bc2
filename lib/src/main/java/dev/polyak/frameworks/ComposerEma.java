package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.internal.math.Power;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.TrainingTime;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * Composer's EMA (composer/algorithms/ema/ema.py). The initial state is held up to the first batch (or epoch) end from
 * the start on, where everything is copied; if that end is a multiple of the interval, an update follows at once. Later
 * ends update if they are multiples.
 *
 * @param smoothing the weight on the average
 * @param first number of the first step at which anything happens
 * @param stepsPerEvent steps between batch ends (1) or epoch ends
 * @param interval interval between updates, in such ends
 * @param copies whether the first end copies, as the algorithm does and the function does not
 */
record ComposerEma(double smoothing, long first, long stepsPerEvent, long interval, boolean copies)
        implements AverageRule {

    static AverageRule of(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        Optional<String> halfLife = arguments.isGiven("half_life")
                ? arguments.optionalText("half_life")
                : arguments.defaultText("half_life", "1000ba");
        Optional<Double> smoothing = arguments.optionalNumber("smoothing");
        TrainingTime start =
                TrainingTime.parse(arguments.optionalText("ema_start").orElse("0.0dur"));
        Optional<String> updateInterval = arguments.optionalText("update_interval");
        arguments.finish();
        if (halfLife.isEmpty() && smoothing.isEmpty()) {
            throw new IllegalArgumentException("Either half_life or smoothing must be specified");
        }
        if (halfLife.isPresent() && smoothing.isPresent()) {
            throw new IllegalArgumentException(
                    "Only one of half_life or smoothing can be specified (half_life=None goes with smoothing)");
        }
        Optional<TrainingTime> life = halfLife.map(TrainingTime::parse);
        TrainingTime interval = updateInterval
                .map(TrainingTime::parse)
                .orElseGet(() -> TrainingTime.parse(
                        "1" + life.map(time -> time.unit().label()).orElse("ba")));
        if (life.isPresent() && life.get().unit() != interval.unit()) {
            throw new IllegalArgumentException("Units of half_life and update_interval must match");
        }
        if (interval.unit() != TrainingTime.Unit.BATCH && interval.unit() != TrainingTime.Unit.EPOCH) {
            throw new IllegalArgumentException("Invalid time unit for parameter update_interval: " + interval
                    + "; it is given in batches ('ba') or epochs ('ep')");
        }
        if (interval.amount() < 1 || (life.isPresent() && life.get().amount() < 1)) {
            throw new IllegalArgumentException("half_life and update_interval must be at least 1");
        }
        double weight = life.map(time -> Power.of(2, -(interval.amount() / time.amount())))
                .or(() -> smoothing)
                .get();
        boolean epochs = interval.unit() == TrainingTime.Unit.EPOCH;
        long stepsPerEvent = epochs ? training.requireStepsPerEpoch("composer.EMA in epochs") : 1;
        return new ComposerEma(
                weight, firstStep(start, epochs, stepsPerEvent, training), stepsPerEvent, interval.count(), true);
    }

    static AverageRule function(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        arguments.skip("ema_model");
        double smoothing = arguments.number("smoothing", 0.99);
        arguments.finish();
        return new ComposerEma(smoothing, 1, 1, 1, false);
    }

    /** The first batch or epoch end at which the start has come. */
    private static long firstStep(TrainingTime start, boolean epochs, long stepsPerEvent, TrainingFacts training) {
        long step = switch (start.unit()) {
            case BATCH -> start.count();
            case EPOCH -> {
                long stepsPerEpoch = training.requireStepsPerEpoch("composer.EMA with a start in epochs");
                // At a batch end the epoch that the batch closes is not counted yet; at an epoch end it is.
                yield start.count() * stepsPerEpoch + (epochs ? 0 : 1);
            }
            case DURATION ->
                start.amount() == 0
                        ? 1
                        : start.of(new TrainingTime(
                                        training.requireMaxSteps("composer.EMA with a start in 'dur'"),
                                        TrainingTime.Unit.BATCH))
                                .count();
            default -> throw new IllegalArgumentException("ema_start is given in 'dur', 'ba' or 'ep', not as " + start);
        };
        step = Math.max(step, 1);
        return (step + stepsPerEvent - 1) / stepsPerEvent * stepsPerEvent;
    }

    @Override
    public Call call(long number) {
        if (number < first || number % stepsPerEvent != 0) {
            return Call.HOLD;
        }
        boolean due = number / stepsPerEvent % interval == 0;
        if (number == first && copies) {
            return due ? Call.COPY_THEN_UPDATE : Call.COPY;
        }
        return due ? Call.UPDATE : Call.HOLD;
    }

    @Override
    public double weight(long number) {
        return 1 - smoothing;
    }

    @Override
    public double decay(long number) {
        return smoothing;
    }

    @Override
    public UpdateFormula formula() {
        return UpdateFormula.BLEND;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.EVERYTHING.treatment(tensor);
    }
}
