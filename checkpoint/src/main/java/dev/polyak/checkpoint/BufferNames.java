package dev.polyak.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.polyak.tensor.NamePattern;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells buffers from parameters by name and type, as safetensors files know no roles.
 *
 * <p>By default these are buffers: tensors whose name is, or ends after a dot in, {@code running_mean},
 * {@code running_var} or {@code num_batches_tracked}; and all integers and booleans. Patterns add to them. Where a file
 * {@linkplain Checkpoint#metadataFor records} its buffers, as saved averages do, the record takes the place of the
 * default, and patterns still add.
 *
 * <p>Immutable.
 */
public final class BufferNames {
    private static final Set<String> BATCH_NORM = Set.of("running_mean", "running_var", "num_batches_tracked");
    private static final BufferNames DEFAULTS = new BufferNames(
            tensor -> tensor.dtype().isInteger() || BATCH_NORM.contains(lastPart(tensor.name())), List.of());

    private final Predicate<TensorSpec> rule;
    private final List<NamePattern> patterns;

    private BufferNames(Predicate<TensorSpec> rule, List<NamePattern> patterns) {
        this.rule = rule;
        this.patterns = patterns;
    }

    /**
     * The default rule.
     *
     * @return BatchNorm's statistics, integers and booleans
     */
    public static BufferNames defaults() {
        return DEFAULTS;
    }

    /**
     * Adds names to a rule.
     *
     * @param glob a pattern for the whole name, in which {@code *} stands for any characters, dots among them, also for
     *     none, and {@code ?} for one
     * @return the rule that also takes these names for buffers
     */
    public BufferNames and(String glob) {
        requireNonNull(glob, "glob");
        List<NamePattern> more = new ArrayList<>(patterns);
        more.add(new NamePattern(glob));
        return new BufferNames(rule, List.copyOf(more));
    }

    /**
     * Decides on a tensor.
     *
     * @param tensor name and type; its role does not matter
     * @return what the tensor is to its model
     */
    public Role roleOf(TensorSpec tensor) {
        requireNonNull(tensor, "tensor");
        boolean buffer = rule.test(tensor) || patterns.stream().anyMatch(glob -> glob.matches(tensor.name()));
        return buffer ? Role.BUFFER : Role.PARAMETER;
    }

    /** The rule for a file that records which of its tensors are buffers. */
    BufferNames recorded(Set<String> buffers) {
        return new BufferNames(tensor -> buffers.contains(tensor.name()), patterns);
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
