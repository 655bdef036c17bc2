package dev.polyak.checkpoint;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.AverageCounters;
import dev.polyak.NonFinitePolicy;
import dev.polyak.checkpoint.internal.Text;
import dev.polyak.frameworks.FrameworkRule;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.rule.TreatmentOverrides;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Schedules;
import dev.polyak.schedule.UpdateFormula;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Rule and counters of an average as strings of a file's metadata, and back. The keys begin with {@code polyak.}; in a
 * file of several averages, with {@code polyak.0.} and so on.
 */
final class AverageMetadata {
    private static final String AVERAGES = "polyak.averages";
    private static final String PREFIX = "polyak.";
    private static final String SCHEDULE = "schedule";
    private static final String RULE = "rule";
    private static final String RULE_INDEX = "rule-index";
    private static final String STEPS_PER_EPOCH = "steps-per-epoch";
    private static final String BATCH_SIZE = "batch-size";
    private static final String MAX_STEPS = "max-steps";
    private static final String ORDER = "order";
    private static final String EVERY = "every";
    private static final String START = "start";
    private static final String BUFFER_POLICY = "buffer-policy";
    private static final String INTEGER_POLICY = "integer-policy";
    private static final String OVERRIDES = "overrides";
    private static final String OWN_RULE = "own-rule";
    private static final String NON_FINITE = "non-finite";
    private static final String CALLS = "calls";
    private static final String UPDATES = "updates";

    /** The keys that say how an average is made, whoever wrote them. */
    private static final Pattern OURS = Pattern.compile(Pattern.quote(AVERAGES) + "|polyak\\.(?:\\d+\\.)?(?:"
            + String.join(
                    "|",
                    List.of(
                            SCHEDULE,
                            RULE,
                            RULE_INDEX,
                            STEPS_PER_EPOCH,
                            BATCH_SIZE,
                            MAX_STEPS,
                            ORDER,
                            EVERY,
                            START,
                            BUFFER_POLICY,
                            INTEGER_POLICY,
                            OVERRIDES,
                            OWN_RULE,
                            NON_FINITE,
                            CALLS,
                            UPDATES))
            + ")");

    private final Path file;
    private final Map<String, String> metadata;
    private final String prefix;

    private AverageMetadata(Path file, Map<String, String> metadata, String prefix) {
        this.file = file;
        this.metadata = metadata;
        this.prefix = prefix;
    }

    /** What a file says, for each of its averages. */
    static List<AverageMetadata> in(Path file, Map<String, String> metadata) throws CheckpointException {
        if (!metadata.containsKey(AVERAGES)) {
            return List.of(new AverageMetadata(file, metadata, PREFIX));
        }
        int count = new AverageMetadata(file, metadata, PREFIX).get("averages", text -> {
            int number = Integer.parseInt(text);
            if (number < 1 || number > metadata.size()) { // each has keys of its own
                throw new IllegalArgumentException(text);
            }
            return number;
        });
        List<AverageMetadata> averages = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            averages.add(new AverageMetadata(file, metadata, PREFIX + k + "."));
        }
        return averages;
    }

    /** The strings of one average that is alone in its file, behind some others. */
    static Map<String, String> of(AverageRule rule, AverageCounters counters, Map<String, String> others) {
        Map<String, String> all = withoutOurs(others);
        put(all, PREFIX, rule, counters);
        return all;
    }

    /** The strings of several averages in one file, behind some others. */
    static Map<String, String> of(List<AverageRule> rules, List<AverageCounters> counters, Map<String, String> others) {
        Map<String, String> all = withoutOurs(others);
        all.put(AVERAGES, String.valueOf(rules.size()));
        for (int k = 0; k < rules.size(); k++) {
            put(all, PREFIX + k + ".", rules.get(k), counters.get(k));
        }
        return all;
    }

    /** Adds what the updates of all averages of a file do with infinities and NaNs, unless it is the usual. */
    static void put(Map<String, String> metadata, NonFinitePolicy policy) {
        if (policy != NonFinitePolicy.FOLD) {
            metadata.put(PREFIX + NON_FINITE, label(policy));
        }
    }

    /** What the updates of all averages of a file do with infinities and NaNs. */
    static NonFinitePolicy nonFinite(Path file, Map<String, String> metadata) throws CheckpointException {
        return metadata.containsKey(PREFIX + NON_FINITE)
                ? new AverageMetadata(file, metadata, PREFIX)
                        .get(NON_FINITE, label -> NonFinitePolicy.valueOf(constant(label)))
                : NonFinitePolicy.FOLD;
    }

    /** The metadata of an older file, handed on, would say how another average was made. */
    private static Map<String, String> withoutOurs(Map<String, String> others) {
        Map<String, String> all = new LinkedHashMap<>(others);
        all.keySet().removeIf(key -> OURS.matcher(key).matches());
        return all;
    }

    private static void put(Map<String, String> metadata, String prefix, AverageRule rule, AverageCounters counters) {
        Optional<String> own = ownPart(rule);
        if (own.isPresent()) {
            metadata.put(prefix + OWN_RULE, own.get());
        } else if (rule instanceof TreatmentOverrides overrides) {
            putRule(metadata, prefix, overrides.rule());
            metadata.put(prefix + OVERRIDES, SavedOverrides.write(overrides.choices()));
        } else {
            putRule(metadata, prefix, rule);
        }
        metadata.put(prefix + CALLS, String.valueOf(counters.calls()));
        metadata.put(prefix + UPDATES, String.valueOf(counters.updates()));
    }

    private static void putRule(Map<String, String> metadata, String prefix, AverageRule rule) {
        if (rule instanceof ScheduledRule scheduled) {
            metadata.put(prefix + SCHEDULE, scheduled.schedule().toString());
            metadata.put(prefix + ORDER, scheduled.formula().label());
            metadata.put(prefix + EVERY, String.valueOf(scheduled.every()));
            metadata.put(prefix + START, String.valueOf(scheduled.start()));
            metadata.put(prefix + BUFFER_POLICY, label(scheduled.buffers()));
            metadata.put(prefix + INTEGER_POLICY, label(scheduled.integers()));
        } else if (rule instanceof FrameworkRule framework) {
            TrainingFacts training = framework.training();
            metadata.put(prefix + RULE, framework.text());
            metadata.put(prefix + RULE_INDEX, String.valueOf(framework.index()));
            metadata.put(prefix + EVERY, String.valueOf(training.every()));
            metadata.put(prefix + STEPS_PER_EPOCH, String.valueOf(training.stepsPerEpoch()));
            metadata.put(prefix + BATCH_SIZE, String.valueOf(training.batchSize()));
            metadata.put(prefix + MAX_STEPS, String.valueOf(training.maxSteps()));
        }
    }

    /**
     * What of a rule is the user's own, and so cannot be described in a file.
     *
     * @return a schedule or rule, in words; empty if the rule is the library's
     */
    static Optional<String> ownPart(AverageRule rule) {
        if (rule instanceof TreatmentOverrides overrides) {
            return ownPart(overrides.rule());
        } else if (rule instanceof ScheduledRule scheduled) {
            Schedule schedule = scheduled.schedule();
            return isReadable(schedule) ? Optional.empty() : Optional.of("the schedule " + schedule);
        }
        return rule instanceof FrameworkRule framework && isReadable(framework)
                ? Optional.empty()
                : Optional.of("the rule " + rule);
    }

    private static boolean isReadable(FrameworkRule rule) {
        try {
            return Rules.parse(rule.text(), rule.training()).rules().contains(rule);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A schedule of the caller's own making prints what nobody can read back. */
    private static boolean isReadable(Schedule schedule) {
        try {
            return Schedules.parse(schedule.toString()).equals(schedule);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What of the rule is the user's own, so that the file does not say how the average is made. */
    Optional<String> ownRule() {
        return Optional.ofNullable(metadata.get(prefix + OWN_RULE));
    }

    /**
     * How the average is made.
     *
     * @return the rule; empty if it is the user's own
     */
    Optional<AverageRule> rule() throws CheckpointException {
        if (ownRule().isPresent()) {
            return Optional.empty();
        }
        AverageRule rule = metadata.containsKey(prefix + RULE) ? frameworkRule() : scheduledRule();
        String saved = metadata.get(prefix + OVERRIDES);
        if (saved == null) {
            return Optional.of(rule);
        }
        TreatmentOverrides overrides = TreatmentOverrides.of(rule);
        for (TreatmentOverrides.Choice choice : SavedOverrides.read(saved, what(OVERRIDES))) {
            overrides = overrides.with(choice);
        }
        return Optional.of(overrides);
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
        String mine = metadata.get(prefix + CALLS);
        String others = other.metadata.get(other.prefix + CALLS);
        if (mine != null && others != null && !mine.equals(others)) {
            throw new CheckpointException(quote(file) + " has an average after " + mine + " calls, and "
                    + quote(other.file) + " one after " + others
                    + ", so they were not saved together; save both again, or take an earlier save");
        }
    }

    private String what(String key) {
        return "the metadata " + quote(prefix + key) + " of " + quote(file);
    }

    private <T> T get(String key, Function<String, T> parse) throws CheckpointException {
        String value = metadata.get(prefix + key);
        if (value == null) {
            throw new CheckpointException(quote(file) + " is not a saved average: its metadata lack "
                    + quote(prefix + key)
                    + "; open it as a checkpoint");
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Text.damaged(what(key) + " cannot be read: " + quote(value), e);
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
