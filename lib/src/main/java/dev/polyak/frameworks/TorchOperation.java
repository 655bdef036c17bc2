package dev.polyak.frameworks;

import dev.polyak.frameworks.python.PythonValue;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;

/**
 * The lines that people write themselves, for whatever is floating-point: {@code e.lerp_(p, weight)} and
 * {@code e.mul_(decay).add_(p, alpha=weight)}, with {@code p.float()} for an average in binary32 of a narrower model.
 * Integers are copied.
 *
 * @param weight the weight on the source
 * @param decay the weight on the average
 * @param formula the order of the operations
 */
record TorchOperation(double weight, double decay, UpdateFormula formula) implements AverageRule {

    static AverageRule lerp(PythonValue.Call lerp) {
        Arguments arguments = new Arguments(".lerp_", lerp.positional(), lerp.keywords());
        arguments.skip("end");
        double weight = arguments.requiredNumber("weight");
        arguments.finish();
        return new TorchOperation(weight, 1 - weight, UpdateFormula.LERP);
    }

    static AverageRule multiplyAndAdd(PythonValue.Call multiply, PythonValue.Call add) {
        Arguments factor = new Arguments(".mul_", multiply.positional(), multiply.keywords());
        double decay = factor.requiredNumber("other");
        factor.finish();
        Arguments term = new Arguments(".add_", add.positional(), add.keywords());
        term.skip("other");
        term.keywordsOnly();
        double weight = term.requiredNumber("alpha");
        term.finish();
        return new TorchOperation(weight, decay, UpdateFormula.MUL_ADD);
    }

    @Override
    public Call call(long number) {
        return Call.UPDATE;
    }

    @Override
    public double weight(long number) {
        return weight;
    }

    @Override
    public double decay(long number) {
        return decay;
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        return TensorScope.FLOATS_AND_COPIED_INTEGERS.treatment(tensor);
    }
}
