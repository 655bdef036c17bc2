package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Optional;

/**
 * mmengine's averaged models (mmengine/model/averaged_model.py). The first call copies; of the later ones those average
 * whose number, the first being 0, is a multiple of the interval. Buffers are copied at every call, unless they are
 * averaged; then integers stay as the first call left them.
 *
 * @param kind which of the three
 * @param momentum the weight on the source, or the smallest one
 * @param gamma how slowly the weight falls to it, for annealing
 * @param interval interval between averaging calls
 * @param held what becomes of the tensors
 */
record MmengineAverage(Kind kind, double momentum, double gamma, long interval, TensorScope held)
        implements AverageRule {

    /** The subclasses of BaseAveragedModel. */
    enum Kind {
        EXPONENTIAL,
        ANNEALING,
        STOCHASTIC
    }

    static AverageRule exponential(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        double momentum = momentum(arguments);
        return base(arguments, Kind.EXPONENTIAL, momentum, 0);
    }

    static AverageRule annealing(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        double momentum = momentum(arguments);
        double gamma = arguments.number("gamma", 100);
        if (!(gamma > 0)) {
            throw new IllegalArgumentException("gamma must be greater than 0, but got " + gamma);
        }
        return base(arguments, Kind.ANNEALING, momentum, gamma);
    }

    static AverageRule stochastic(Arguments arguments, Optional<PythonValue.Call> update, TrainingFacts training) {
        arguments.skip("model");
        return base(arguments, Kind.STOCHASTIC, 0, 0);
    }

    private static AverageRule base(Arguments arguments, Kind kind, double momentum, double gamma) {
        long interval = arguments.interval("interval", 1);
        arguments.skip("device");
        TensorScope held = arguments.truth("update_buffers", false)
                ? TensorScope.FLOATS_AND_FROZEN_INTEGERS
                : TensorScope.PARAMETERS_AND_COPIED_BUFFERS;
        arguments.finish();
        return new MmengineAverage(kind, momentum, gamma, interval, held);
    }

    private static double momentum(Arguments arguments) {
        double momentum = arguments.number("momentum", 0.0002);
        if (!(momentum > 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum must be in range (0.0, 1.0), but got " + momentum);
        }
        if (momentum > 0.5) {
            Warnings.warn("the momentum of an average is usually a small number, unlike an optimizer's, but it is "
                    + momentum + ": make sure that this is meant");
        }
        return momentum;
    }

    @Override
    public Call call(long number) {
        long steps = number - 1;
        if (steps == 0) {
            return Call.COPY;
        }
        return steps % interval == 0 ? Call.UPDATE : Call.COPY_BUFFERS;
    }

    @Override
    public double weight(long number) {
        long steps = number - 1;
        return switch (kind) {
            case EXPONENTIAL -> momentum;
            case ANNEALING -> Math.max(momentum, gamma / (gamma + steps));
            case STOCHASTIC -> 1 / (double) (steps / interval + 1);
        };
    }

    @Override
    public UpdateFormula formula() {
        return kind == Kind.STOCHASTIC ? UpdateFormula.TOWARDS : UpdateFormula.LERP;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return held.treatment(tensor);
    }
}
