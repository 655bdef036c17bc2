package dev.polyak.tensor;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.text.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tensors of two layouts belong together, by name.
 *
 * <p>Names match if they are equal, or equal without the prefixes {@code module.} (data parallel, AveragedModel,
 * mmengine) and {@code _orig_mod.} (compiled models) that training frameworks put before them. Order does not matter.
 */
public final class LayoutMatch {
    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");
    private final ParameterLayout target;
    private final ParameterLayout source;
    private final int[] sourceOf;
    private final List<String> missing = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();

    private LayoutMatch(ParameterLayout target, ParameterLayout source) {
        this.target = target;
        this.source = source;
        this.sourceOf = new int[target.size()];
        Map<String, Integer> bare = bareNames(source);
        boolean[] used = new boolean[source.size()];
        for (int i = 0; i < sourceOf.length; i++) {
            String name = target.tensor(i).name();
            int exact = source.indexOf(name);
            sourceOf[i] = exact >= 0 ? exact : bare.getOrDefault(withoutPrefixes(name), -1);
            if (sourceOf[i] < 0) {
                missing.add(name);
            } else {
                used[sourceOf[i]] = true;
            }
        }
        for (int j = 0; j < used.length; j++) {
            if (!used[j]) {
                unused.add(source.tensor(j).name());
            }
        }
    }

    /**
     * Matches two layouts.
     *
     * @param target the layout whose tensors are looked for
     * @param source the layout in which they are looked for
     * @return the match
     */
    public static LayoutMatch of(ParameterLayout target, ParameterLayout source) {
        requireNonNull(target, "target");
        requireNonNull(source, "source");
        return new LayoutMatch(target, source);
    }

    /**
     * The name without the prefixes that training frameworks put before it.
     *
     * @param name a tensor's name
     * @return the name without any leading {@code module.} and {@code _orig_mod.}
     */
    public static String withoutPrefixes(String name) {
        requireNonNull(name, "name");
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                return withoutPrefixes(name.substring(prefix.length()));
            }
        }
        return name;
    }

    /**
     * The tensor that belongs to one of the target's.
     *
     * @param tensor index in the target
     * @return index in the source, or −1 if nothing matched
     */
    public int sourceOf(int tensor) {
        return sourceOf[tensor];
    }

    /**
     * Tensors of the target that the source lacks.
     *
     * @return their names, in order
     */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /**
     * Tensors of the source that the target lacks.
     *
     * @return their names, in order
     */
    public List<String> unused() {
        return List.copyOf(unused);
    }

    /**
     * How the source differs from the target, in names, shapes, or types that cannot be converted into each other (the
     * floating-point types can).
     *
     * @return a phrase to be said of the source, such as {@code lacks 'fc.bias'}; empty if every tensor has its
     *     counterpart
     */
    public Optional<String> difference() {
        List<String> phrases = new ArrayList<>();
        if (missing.size() == target.size() && target.size() > 0) {
            phrases.add("has none of the " + target.size() + " tensors (" + Names.some(missing) + "); its own are "
                    + Names.some(unused));
        } else {
            if (!missing.isEmpty()) {
                phrases.add("lacks " + Names.some(missing));
            }
            if (!unused.isEmpty()) {
                phrases.add("also has " + Names.some(unused));
            }
        }
        conflicts().ifPresent(phrases::add);
        return phrases.isEmpty() ? Optional.empty() : Optional.of(String.join(", and ", phrases));
    }

    /**
     * The tensors that match by name but not in shape, or not in a type that converts.
     *
     * @return a phrase to be said of the source; empty if there are none
     */
    public Optional<String> conflicts() {
        List<String> conflicts = new ArrayList<>();
        for (int i = 0; i < sourceOf.length; i++) {
            if (sourceOf[i] >= 0) {
                TensorSpec mine = target.tensor(i);
                TensorSpec other = source.tensor(sourceOf[i]);
                if (!mine.shape().equals(other.shape())) {
                    conflicts.add(
                            "has '" + other.name() + "' in shape " + other.shape() + " instead of " + mine.shape());
                } else if (mine.dtype() != other.dtype()
                        && !(mine.dtype().isFloat() && other.dtype().isFloat())) {
                    conflicts.add("has '" + other.name() + "' as " + other.dtype() + " instead of " + mine.dtype());
                }
            }
        }
        if (conflicts.size() > Names.MOST) {
            int more = conflicts.size() - Names.MOST;
            conflicts.subList(Names.MOST, conflicts.size()).clear();
            conflicts.add("differs in " + more + " more");
        }
        return conflicts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", conflicts));
    }

    @Override
    public String toString() {
        return difference().orElse("every tensor has its counterpart");
    }

    private static Map<String, Integer> bareNames(ParameterLayout layout) {
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < layout.size(); i++) {
            // Of two names that differ in their prefixes alone neither can be meant by the bare one.
            indexes.merge(withoutPrefixes(layout.tensor(i).name()), i, (first, second) -> -1);
        }
        return indexes;
    }
}
