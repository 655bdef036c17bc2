package dev.polyak.cli.rule;

import dev.polyak.frameworks.FrameworkAverages;
import dev.polyak.frameworks.MissingTrainingFact;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the rules of other frameworks, and what those have to know of the training. */
final class FrameworkOptions {
    @Option(
            names = "--as",
            paramLabel = "CALL",
            description = "Average as another system does, given the call as it stands in the training script, such as"
                    + " 'timm.ModelEmaV3(model, decay=0.9999)'. The first file is the initial model, the k-th after it the model after"
                    + " step k. Nothing of the text is executed.")
    private @Nullable String call;

    @Option(
            names = "--steps-per-epoch",
            paramLabel = "N",
            description = "Steps of an epoch, for calls that count epochs.")
    private @Nullable Long stepsPerEpoch;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images of a step, for calls that count images.")
    private @Nullable Long batchSize;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description = "Steps of the whole training, for calls that begin at a part of it. (default: those given)")
    private @Nullable Long maxSteps;

    boolean isGiven() {
        return call != null;
    }

    /** An option that means nothing without a call; null if none is given. */
    @Nullable
    String needless() {
        if (stepsPerEpoch != null) {
            return "--steps-per-epoch";
        } else if (batchSize != null) {
            return "--batch-size";
        }
        return maxSteps == null ? null : "--max-steps";
    }

    /**
     * Reads the call.
     *
     * @param every steps between those that the average is told of
     * @param steps how many there are
     * @throws IllegalArgumentException if it cannot be read so
     */
    FrameworkAverages averages(int every, long steps) {
        TrainingFacts training = TrainingFacts.UNKNOWN
                .every(every)
                .stepsPerEpoch(atLeastOne("--steps-per-epoch", stepsPerEpoch))
                .batchSize(atLeastOne("--batch-size", batchSize))
                .maxSteps(atLeastOne("--max-steps", maxSteps));
        String text = String.valueOf(call);
        try {
            return Rules.parse(text, training);
        } catch (IllegalArgumentException e) {
            if (maxSteps != null) {
                throw withOption(e);
            }
            // The training may have gone on after the last step given: its length is assumed only where one is needed.
            try {
                return Rules.parse(text, training.maxSteps(steps));
            } catch (IllegalArgumentException again) {
                throw withOption(again);
            }
        }
    }

    /** Names the option by which a missing fact is told. */
    private static IllegalArgumentException withOption(IllegalArgumentException e) {
        if (!(e instanceof MissingTrainingFact missing)) {
            return e;
        }
        String option = switch (missing.fact()) {
            case STEPS_PER_EPOCH -> "--steps-per-epoch";
            case BATCH_SIZE -> "--batch-size";
            case MAX_STEPS -> "--max-steps";
        };
        return new IllegalArgumentException(missing.getMessage() + " (" + option + ")", missing);
    }

    private static long atLeastOne(String option, @Nullable Long value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, not " + value);
        }
        return value == null ? 0 : value;
    }
}
