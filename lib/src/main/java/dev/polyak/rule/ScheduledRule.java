package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.UpdateFormula;
import dev.polyak.tensor.TensorSpec;
import java.util.Objects;

/**
 * The usual rule: a schedule, applied at every so many calls from a certain one on.
 *
 * <pre>{@code
 * ScheduledRule.of(Schedules.decay(0.999)).every(10).start(100)
 * }</pre>
 *
 * <p>Call k copies the source if k &lt; {@code start}, else updates the average if k is a multiple of {@code every},
 * else leaves it (but for what is copied at every call). Updates are counted from 1, and the schedule sees that count.
 * Two rules of the same settings are equal.
 */
public final class ScheduledRule implements AverageRule {
    private final Schedule schedule;
    private final UpdateFormula formula;
    private final int every;
    private final long start;
    private final BufferPolicy buffers;
    private final IntegerPolicy integers;

    private ScheduledRule(
            Schedule schedule,
            UpdateFormula formula,
            int every,
            long start,
            BufferPolicy buffers,
            IntegerPolicy integers) {
        this.schedule = schedule;
        this.formula = formula;
        this.every = every;
        this.start = start;
        this.buffers = buffers;
        this.integers = integers;
    }

    /**
     * The usual rule: {@link UpdateFormula#LERP}, an update at every call from the first on, buffers and integers
     * copied.
     *
     * @param schedule the weight of each update
     * @return the rule
     */
    public static ScheduledRule of(Schedule schedule) {
        requireNonNull(schedule, "schedule");
        return new ScheduledRule(schedule, UpdateFormula.LERP, 1, 0, BufferPolicy.COPY, IntegerPolicy.COPY);
    }

    /**
     * This rule with another formula.
     *
     * @param other the order of the floating-point operations
     * @return the rule
     */
    public ScheduledRule formula(UpdateFormula other) {
        requireNonNull(other, "other");
        return new ScheduledRule(schedule, other, every, start, buffers, integers);
    }

    /**
     * This rule with another interval between updates. The decay is not corrected for it: {@link Schedule#over} does
     * that.
     *
     * @param calls every how many calls the average is updated, at least 1
     * @return the rule
     * @throws IllegalArgumentException if the number is less than 1
     */
    public ScheduledRule every(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("an average is updated every 1 or more calls, not every " + calls);
        }
        return new ScheduledRule(schedule, formula, calls, start, buffers, integers);
    }

    /**
     * This rule with another first call that does not copy.
     *
     * @param call its number, counted from 1; with 0 and 1 every call averages
     * @return the rule
     * @throws IllegalArgumentException if the number is negative
     */
    public ScheduledRule start(long call) {
        if (call < 0) {
            throw new IllegalArgumentException(
                    "the first call that averages must have a number from 0 on, not " + call);
        }
        return new ScheduledRule(schedule, formula, every, call, buffers, integers);
    }

    /**
     * This rule with another policy for floating-point buffers, and opaque ones (which cannot be averaged).
     *
     * @param policy what becomes of them
     * @return the rule
     */
    public ScheduledRule buffers(BufferPolicy policy) {
        requireNonNull(policy, "policy");
        return new ScheduledRule(schedule, formula, every, start, policy, integers);
    }

    /**
     * This rule with another policy for integers and booleans.
     *
     * @param policy what becomes of them
     * @return the rule
     */
    public ScheduledRule integers(IntegerPolicy policy) {
        requireNonNull(policy, "policy");
        return new ScheduledRule(schedule, formula, every, start, buffers, policy);
    }

    /**
     * The schedule.
     *
     * @return the weight of each update
     */
    public Schedule schedule() {
        return schedule;
    }

    @Override
    public UpdateFormula formula() {
        return formula;
    }

    /**
     * The interval between updates.
     *
     * @return a number of calls, at least 1
     */
    public int every() {
        return every;
    }

    /**
     * The first call that does not copy.
     *
     * @return its number; with 0 and 1 every call averages
     */
    public long start() {
        return start;
    }

    /**
     * The policy for floating-point buffers, and opaque ones.
     *
     * @return what becomes of them
     */
    public BufferPolicy buffers() {
        return buffers;
    }

    /**
     * The policy for integers and booleans.
     *
     * @return what becomes of them
     */
    public IntegerPolicy integers() {
        return integers;
    }

    @Override
    public Call call(long number) {
        if (number < start) {
            return Call.COPY;
        }
        return number % every == 0 ? Call.UPDATE : Call.COPY_BUFFERS;
    }

    @Override
    public double weight(long number) {
        return schedule.weight(update(number));
    }

    @Override
    public double decay(long number) {
        return schedule.decay(update(number));
    }

    @Override
    public double divisor(long number) {
        return schedule.divisor(update(number));
    }

    @Override
    public Treatment treatment(TensorSpec tensor) {
        requireNonNull(tensor, "tensor");
        return Treatment.of(tensor, buffers, integers);
    }

    @Override
    public AverageRule over(int updates) {
        return schedule.isHalfLife()
                ? new ScheduledRule(schedule.over(updates), formula, every, start, buffers, integers)
                : this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScheduledRule rule
                && schedule.equals(rule.schedule)
                && formula == rule.formula
                && every == rule.every
                && start == rule.start
                && buffers == rule.buffers
                && integers == rule.integers;
    }

    @Override
    public int hashCode() {
        return Objects.hash(schedule, formula, every, start, buffers, integers);
    }

    @Override
    public String toString() {
        return "ScheduledRule[schedule=" + schedule + ", formula=" + formula + ", every=" + every + ", start=" + start
                + ", buffers=" + buffers + ", integers=" + integers + "]";
    }

    /** How many calls up to this one, it included, updated. */
    private long update(long number) {
        return number / every - (Math.max(start, 1) - 1) / every;
    }
}
