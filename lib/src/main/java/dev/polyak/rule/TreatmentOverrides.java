package dev.polyak.rule;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
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

    /** What tensors it is for, and what becomes of them: if null, they are refused. */
    private record Choice(
            @Nullable Role role,
            @Nullable NamePattern name,
            @Nullable Treatment treatment) {
        boolean fits(TensorSpec tensor) {
            return name != null
                    ? name.matches(tensor.name())
                    : tensor.role() == role && !tensor.dtype().isInteger();
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
        return new TreatmentOverrides(rule, List.of());
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
        return with(new Choice(role, null, treatment));
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
        return with(new Choice(null, new NamePattern(glob), treatment));
    }

    /**
     * Makes tensors an error: a model that has one cannot be averaged.
     *
     * @param glob a {@link NamePattern} for the whole name
     * @return the rule that refuses them
     */
    public TreatmentOverrides refuse(String glob) {
        requireNonNull(glob, "glob");
        return with(new Choice(null, new NamePattern(glob), null));
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
            NamePattern name = choice.name();
            if (name != null && layout.tensors().stream().noneMatch(choice::fits)) {
                unmatched.add(name);
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
                Treatment treatment = choice.treatment();
                if (treatment == null) {
                    throw new IllegalArgumentException("tensor '" + tensor.name() + "' fits '" + choice.name()
                            + "', which is to be refused: leave it out of the model, or choose what becomes of it");
                }
                return treatment;
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

    private TreatmentOverrides with(Choice choice) {
        List<Choice> more = new ArrayList<>(overrides);
        more.add(choice);
        return new TreatmentOverrides(rule, List.copyOf(more));
    }
}
