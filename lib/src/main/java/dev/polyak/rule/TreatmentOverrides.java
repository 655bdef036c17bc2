package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rule that treats some tensors in another way, chosen by role or by name.
 *
 * <pre>{@code
 * AverageRule rule = TreatmentOverrides.of(ScheduledRule.of(Schedules.decay(0.999)))
 *         .role(Role.BUFFER, Treatment.AVERAGE)
 *         .named("*.running_*", Treatment.COPY)
 *         .named("head.*", Treatment.FREEZE)
 *         .refuse("*.amax_history");
 * }</pre>
 *
 * <p>Where several overrides fit a tensor, the one that was added last decides. Each method returns a new rule; this
 * one stays as it is.
 */
public final class TreatmentOverrides implements ForwardingRule {
    private final AverageRule rule;
    private final List<Choice> overrides;

    /**
     * One override: which tensors it is for, and what becomes of them.
     *
     * @param role all tensors of a role but integers and booleans; empty if they are chosen by name
     * @param name tensors by name; empty if they are chosen by role
     * @param treatment what becomes of them; empty if they are refused
     */
    public record Choice(Optional<Role> role, Optional<NamePattern> name, Optional<Treatment> treatment) {
        /**
         * Checks the components.
         *
         * @param role tensors of a role
         * @param name tensors by name
         * @param treatment what becomes of them
         * @throws IllegalArgumentException if tensors are chosen by role and by name, or by neither
         */
        public Choice {
            requireNonNull(role, "role");
            requireNonNull(name, "name");
            requireNonNull(treatment, "treatment");
            if (role.isPresent() == name.isPresent()) {
                throw new IllegalArgumentException("tensors are chosen either by their role or by their name");
            }
        }

        private boolean fits(TensorSpec tensor) {
            return name.isPresent()
                    ? name.get().matches(tensor.name())
                    : tensor.role() == role.orElseThrow() && !tensor.dtype().isInteger();
        }
    }

    private TreatmentOverrides(AverageRule rule, List<Choice> overrides) {
        this.rule = rule;
        this.overrides = overrides;
    }

    /**
     * A rule without overrides yet.
     *
     * @param rule decides on everything else
     * @return a rule that does the same
     */
    public static TreatmentOverrides of(AverageRule rule) {
        requireNonNull(rule, "rule");
        return rule instanceof TreatmentOverrides already ? already : new TreatmentOverrides(rule, List.of());
    }

    /**
     * Overrides the treatment of all parameters, or all buffers, but for integers and booleans, which have an
     * {@link IntegerPolicy}.
     *
     * @param role which tensors
     * @param treatment what becomes of them
     * @return the rule that does so
     */
    public TreatmentOverrides role(Role role, Treatment treatment) {
        requireNonNull(role, "role");
        requireNonNull(treatment, "treatment");
        return with(new Choice(Optional.of(role), Optional.empty(), Optional.of(treatment)));
    }

    /**
     * Overrides the treatment of tensors by name.
     *
     * @param glob a {@link NamePattern} for the whole name, such as {@code head.*}
     * @param treatment what becomes of them
     * @return the rule that does so
     */
    public TreatmentOverrides named(String glob, Treatment treatment) {
        requireNonNull(glob, "glob");
        requireNonNull(treatment, "treatment");
        return with(new Choice(Optional.empty(), Optional.of(new NamePattern(glob)), Optional.of(treatment)));
    }

    /**
     * Makes tensors an error: a model that has one cannot be averaged.
     *
     * @param glob a {@link NamePattern} for the whole name
     * @return the rule that refuses them
     */
    public TreatmentOverrides refuse(String glob) {
        requireNonNull(glob, "glob");
        return with(new Choice(Optional.empty(), Optional.of(new NamePattern(glob)), Optional.empty()));
    }

    /**
     * Which patterns have no effect on a model, as misspelt ones have none.
     *
     * @param layout the model's tensors
     * @return the patterns that stand for the name of none of them
     */
    public List<NamePattern> unmatched(ParameterLayout layout) {
        requireNonNull(layout, "layout");
        List<NamePattern> unmatched = new ArrayList<>();
        for (Choice choice : overrides) {
            if (layout.tensors().stream().noneMatch(choice::fits)) {
                choice.name().ifPresent(unmatched::add);
            }
        }
        return List.copyOf(unmatched);
    }

    /**
     * What becomes of a tensor.
     *
     * @param tensor the tensor, as it is in the model
     * @return its treatment
     * @throws IllegalArgumentException if a model that has it cannot be averaged
     */
    @Override
    public Treatment treatment(TensorSpec tensor) {
        requireNonNull(tensor, "tensor");
        for (int i = overrides.size() - 1; i >= 0; i--) {
            Choice choice = overrides.get(i);
            if (choice.fits(tensor)) {
                return choice.treatment()
                        .orElseThrow(
                                () -> new IllegalArgumentException(
                                        "tensor '" + tensor.name() + "' fits '"
                                                + choice.name()
                                                        .map(NamePattern::glob)
                                                        .orElse("any")
                                                + "', which is to be refused: leave it out of the model, or choose what becomes of it"));
            }
        }
        return rule.treatment(tensor);
    }

    /**
     * The rule whose treatments are overridden.
     *
     * @return the rule that was given
     */
    @Override
    public AverageRule rule() {
        return rule;
    }

    /**
     * The overrides.
     *
     * @return each of them, in the order in which they were added; unmodifiable
     */
    public List<Choice> choices() {
        return overrides;
    }

    /** Overrides do not change how an update makes up for those before it that were left out. */
    @Override
    public AverageRule over(int updates) {
        AverageRule spaced = rule.over(updates);
        return spaced.equals(rule) ? this : new TreatmentOverrides(spaced, overrides);
    }

    @Override
    @SuppressWarnings("exports") // @Nullable tells tools that know it
    public boolean equals(@Nullable Object other) {
        return other instanceof TreatmentOverrides that && rule.equals(that.rule) && overrides.equals(that.overrides);
    }

    @Override
    public int hashCode() {
        return Objects.hash(rule, overrides);
    }

    @Override
    public String toString() {
        return "TreatmentOverrides[rule=" + rule + ", choices=" + overrides + "]";
    }

    /**
     * Adds an override that was {@linkplain #choices() asked for}, of this rule or another.
     *
     * @param choice which tensors, and what becomes of them
     * @return the rule that does so
     */
    public TreatmentOverrides with(Choice choice) {
        requireNonNull(choice, "choice");
        List<Choice> more = new ArrayList<>(overrides);
        more.add(choice);
        return new TreatmentOverrides(rule, List.copyOf(more));
    }
}
