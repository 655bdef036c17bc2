package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.AverageCounters;
import dev.polyak.checkpoint.internal.Text;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rule and counters of an average as strings of a file's metadata, and back. */
final class AverageMetadata {
    private static final String SCHEDULE = "polyak.schedule";
    private static final String RULE = "polyak.rule";
    private static final String RULE_INDEX = "polyak.rule-index";
    private static final String STEPS_PER_EPOCH = "polyak.steps-per-epoch";
    private static final String BATCH_SIZE = "polyak.batch-size";
    private static final String MAX_STEPS = "polyak.max-steps";
    private static final String ORDER = "polyak.order";
    private static final String EVERY = "polyak.every";
    private static final String START = "polyak.start";
    private static final String BUFFER_POLICY = "polyak.buffer-policy";
    private static final String INTEGER_POLICY = "polyak.integer-policy";
    private static final String CALLS = "polyak.calls";
    private static final String UPDATES = "polyak.updates";

    private final Path file;
    private final Map<String, String> metadata;

    /** Reads what a file says. */
    AverageMetadata(Path file, Map<String, String> metadata) {
        this.file = file;
        this.metadata = metadata;
    }

    static Map<String, String> of(AverageRule rule, AverageCounters counters) {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (rule instanceof ScheduledRule scheduled) {
            requireReadable(scheduled.schedule());
            metadata.put(SCHEDULE, scheduled.schedule().toString());
            metadata.put(ORDER, scheduled.formula().label());
            metadata.put(EVERY, String.valueOf(scheduled.every()));
            metadata.put(START, String.valueOf(scheduled.start()));
            metadata.put(BUFFER_POLICY, label(scheduled.buffers()));
            metadata.put(INTEGER_POLICY, label(scheduled.integers()));
        } else if (rule instanceof FrameworkRule framework) {
            TrainingFacts training = framework.training();
            metadata.put(RULE, framework.text());
            metadata.put(RULE_INDEX, String.valueOf(framework.index()));
            metadata.put(EVERY, String.valueOf(training.every()));
            metadata.put(STEPS_PER_EPOCH, String.valueOf(training.stepsPerEpoch()));
            metadata.put(BATCH_SIZE, String.valueOf(training.batchSize()));
            metadata.put(MAX_STEPS, String.valueOf(training.maxSteps()));
        } else {
            throw new IllegalArgumentException(
                    "the rule " + rule + " is not one of the library's and cannot be saved; save"
                            + " the average's store with Checkpoint.save, and its counters in the metadata");
        }
        metadata.put(CALLS, String.valueOf(counters.calls()));
        metadata.put(UPDATES, String.valueOf(counters.updates()));
        return metadata;
    }

    AverageRule rule() throws CheckpointException {
        return metadata.containsKey(RULE) ? frameworkRule() : scheduledRule();
    }

    private AverageRule frameworkRule() throws CheckpointException {
        int every = get(EVERY, Integer::valueOf);
        long stepsPerEpoch = get(STEPS_PER_EPOCH, Long::valueOf);
        long batchSize = get(BATCH_SIZE, Long::valueOf);
        long maxSteps = get(MAX_STEPS, Long::valueOf);
        int index = get(RULE_INDEX, Integer::valueOf);
        String text = get(RULE, Function.identity());
        TrainingFacts training = possible(() -> TrainingFacts.UNKNOWN
                .every(every)
                .stepsPerEpoch(stepsPerEpoch)
                .batchSize(batchSize)
                .maxSteps(maxSteps));
        return possible(() -> {
            List<FrameworkRule> rules = Rules.parse(text, training).rules();
            if (index < 0 || index >= rules.size()) {
                throw new IllegalArgumentException(text + " makes no average number " + index);
            }
            return rules.get(index);
        });
    }

    private AverageRule scheduledRule() throws CheckpointException {
        Schedule schedule = get(SCHEDULE, Schedules::parse);
        UpdateFormula formula = get(ORDER, UpdateFormula::parse);
        int every = get(EVERY, Integer::valueOf);
        long start = get(START, Long::valueOf);
        BufferPolicy buffers = get(BUFFER_POLICY, label -> BufferPolicy.valueOf(constant(label)));
        IntegerPolicy integers = get(INTEGER_POLICY, label -> IntegerPolicy.valueOf(constant(label)));
        return possible(() -> ScheduledRule.of(schedule)
                .formula(formula)
                .every(every)
                .start(start)
                .buffers(buffers)
                .integers(integers));
    }

    AverageCounters counters() throws CheckpointException {
        long calls = get(CALLS, Long::valueOf);
        long updates = get(UPDATES, Long::valueOf);
        return possible(() -> new AverageCounters(calls, updates));
    }

    /**
     * Two files of one sharded average are of one step: a process that ended before it had saved left the file of an
     * earlier one. (Updates may differ, where a busy process skipped some.)
     */
    void requireSameSave(AverageMetadata other) throws CheckpointException {
        String mine = metadata.get(CALLS);
        String others = other.metadata.get(CALLS);
        if (mine != null && others != null && !mine.equals(others)) {
            throw new CheckpointException(quote(file) + " has an average after " + mine + " calls, and "
                    + quote(other.file) + " one after " + others
                    + ", so they were not saved together; save both again, or take an earlier save");
        }
    }

    /** A schedule of the caller's own making prints what nobody can read back. */
    private static void requireReadable(Schedule schedule) {
        try {
            if (Schedules.parse(schedule.toString()).equals(schedule)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw unreadable(schedule, e);
        }
        throw unreadable(schedule, null);
    }

    private static IllegalArgumentException unreadable(Schedule schedule, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "the schedule " + schedule
                        + " is not one of the library's and cannot be saved; save the average's store with"
                        + " Checkpoint.save, and its counters in the metadata",
                cause);
    }

    private <T> T get(String key, Function<String, T> parse) throws CheckpointException {
        String value = metadata.get(key);
        if (value == null) {
            throw new CheckpointException(quote(file) + " is not a saved average: its metadata lack " + quote(key)
                    + "; open it as a checkpoint");
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Text.damaged(
                    "the metadata " + quote(key) + " of " + quote(file) + " cannot be read: " + quote(value), e);
        }
    }

    private <T> T possible(Supplier<T> made) throws CheckpointException {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw Text.damaged("the metadata of " + quote(file) + " describe no average: " + e.getMessage(), e);
        }
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String constant(String label) {
        return label.toUpperCase(Locale.ROOT);
    }
}
