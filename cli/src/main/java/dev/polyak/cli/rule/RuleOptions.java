package dev.polyak.cli.rule;

import dev.polyak.cli.console.Text;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.schedule.Warmup;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how files become averages, and what they mean together. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RuleOptions {
    private static final String CHOICES = "--as, --ema, --momentum, --half-life, --cosine, --swa and --weights";

    /** What a framework's call says itself. */
    private static final List<String> OWN = List.of("--warmup", "--start", "--order", "--buffers", "--integers");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin
    private final FrameworkOptions framework = new FrameworkOptions();

    @Mixin
    private final WeightOptions weights = new WeightOptions();

    @Option(
            names = "--warmup",
            paramLabel = "WARMUP",
            converter = OptionValues.Warmups.class,
            description = "How an exponential average begins; see below.")
    private @Nullable Warmup warmup;

    @Option(
            names = "--every",
            paramLabel = "K",
            defaultValue = "1",
            description =
                    "File k, the first being 0, updates the average if k mod K = 0; with --as: the average is told of it."
                            + " (default: ${DEFAULT-VALUE})")
    private int every;

    @Option(
            names = "--start",
            paramLabel = "N",
            defaultValue = "0",
            description = "Files before the N-th, the first being 0, are copied.")
    private long start;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "lerp",
            converter = OptionValues.Orders.class,
            completionCandidates = OptionValues.Orders.class,
            description =
                    "UpdateFormula of the floating-point operations: ${COMPLETION-CANDIDATES}. (default: ${DEFAULT-VALUE})")
    private UpdateFormula formula;

    @Option(
            names = "--buffers",
            paramLabel = "POLICY",
            defaultValue = "copy",
            converter = OptionValues.Buffers.class,
            completionCandidates = OptionValues.Buffers.class,
            description =
                    "What becomes of buffers, such as BatchNorm's statistics: ${COMPLETION-CANDIDATES}. (default: ${DEFAULT-VALUE})")
    private BufferPolicy buffers;

    @Option(
            names = "--integers",
            paramLabel = "POLICY",
            converter = OptionValues.Integers.class,
            completionCandidates = OptionValues.Integers.class,
            description =
                    "What becomes of integers: ${COMPLETION-CANDIDATES}; truncate averages them and cuts the fraction off."
                            + " (default: copy, or freeze with --buffers freeze)")
    private @Nullable IntegerPolicy integers;

    /** The options, not read yet. */
    public RuleOptions() {}

    /**
     * The averages that are asked for.
     *
     * @param calls how many states there are after the initial one
     * @return the rules
     * @throws ParameterException if the options do not go together, or a value cannot be
     */
    public Averages averages(int calls) {
        if (weights.count() + (framework.isGiven() ? 1 : 0) != 1) {
            throw misuse("choose one of " + CHOICES);
        }
        try {
            return framework.isGiven() ? ofFramework(calls) : Averages.of(scheduled(calls));
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
    }

    private Averages ofFramework(int calls) {
        for (String option : OWN) {
            if (command.commandLine().getParseResult().hasMatchedOption(option)) {
                throw misuse(option + " does not go with --as, whose call says how the system averages");
            }
        }
        return Averages.of(framework.averages(every, calls));
    }

    private ScheduledRule scheduled(int calls) {
        String needless = framework.needless();
        if (needless != null) {
            throw misuse(needless + " goes with --as");
        }
        if (warmup != null && !weights.isExponential()) {
            throw misuse("--warmup goes with --ema, --momentum, --half-life or --cosine");
        }
        Schedule base = weights.schedule(every);
        Schedule schedule = warmup == null ? base : base.warmup(warmup);
        ScheduledRule rule = ScheduledRule.of(schedule)
                .formula(formula)
                .every(every)
                .start(start)
                .buffers(buffers)
                .integers(integerPolicy());
        requireWeights(rule, calls + 1);
        return rule;
    }

    private IntegerPolicy integerPolicy() {
        if (integers != null) {
            return integers;
        }
        return buffers == BufferPolicy.FREEZE ? IntegerPolicy.FREEZE : IntegerPolicy.COPY;
    }

    private void requireWeights(ScheduledRule rule, int files) {
        int given = weights.weightCount();
        int needed = 1 + Calls.of(rule, files).updates().size();
        if (given >= 0 && given != needed) {
            throw misuse("--weights needs one number for the first file and one for each update, " + needed + " for "
                    + Text.count(files, "file") + ", not " + given);
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
