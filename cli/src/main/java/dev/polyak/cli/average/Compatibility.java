package dev.polyak.cli.average;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Text;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;

/** Whether checkpoints can be averaged with each other, in the words of the command line. */
final class Compatibility {
    private Compatibility() {}

    /** Checks that all checkpoints have the tensors of the first. */
    static void requireSameTensors(List<Checkpoint> inputs) throws Failure {
        Checkpoint first = inputs.get(0);
        if (first.store().layout().size() == 0) {
            throw new Failure(
                    Text.quoted(first.path()) + " has no tensors, so there is nothing to average; check the path");
        }
        for (Checkpoint other : inputs) {
            Optional<String> difference = LayoutMatch.of(
                            first.store().layout(), other.store().layout())
                    .difference();
            if (difference.isPresent()) {
                throw new Failure(Text.quoted(other.path()) + " " + difference.get() + ", compared with "
                        + Text.quoted(first.path()) + "; average checkpoints of one model");
            }
        }
    }

    /** Checks that every tensor of a checkpoint can be averaged as the options say. */
    static void requireAveragable(Checkpoint first, AverageRule rule, Folding folding) throws Failure {
        ParameterLayout layout = first.store().layout();
        FloatType kept = folding.kept();
        FloatType accumulated = folding.accumulated();
        for (TensorSpec tensor : layout.tensors()) {
            if (rule.treatment(tensor) == Treatment.AVERAGE && !tensor.dtype().isFloat()) {
                String name = Text.quoted(tensor.name());
                throw new Failure("tensor " + name + " of " + Text.quoted(first.path()) + " is " + tensor.dtype()
                        + ", which cannot be averaged; "
                        + (tensor.role() == Role.PARAMETER
                                ? "convert it, or add --buffer-pattern " + name
                                : "choose --buffers copy"));
            }
            FloatType result = new FloatType(kept.chosen().orElse(tensor.dtype()));
            if (tensor.dtype().isFloat() && accumulated.isNarrowerThan(result)) {
                throw new Failure("--accumulate " + accumulated + " is narrower than tensor "
                        + Text.quoted(tensor.name()) + " of " + Text.quoted(first.path()) + ", which is " + result
                        + "; leave it out, or add --dtype " + accumulated);
            }
        }
    }
}
