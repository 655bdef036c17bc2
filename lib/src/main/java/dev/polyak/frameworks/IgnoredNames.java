package dev.polyak.frameworks;

import dev.polyak.rule.Treatment;
import dev.polyak.tensor.TensorSpec;
import java.util.Set;

/**
 * ema-pytorch's exceptions by name: what is not averaged but copied, and what is left alone by updates.
 *
 * @param copied names of parameters and buffers that updates copy
 * @param ignored names that updates leave
 * @param prefixes beginnings of names that updates leave
 */
record IgnoredNames(Set<String> copied, Set<String> ignored, Set<String> prefixes) {

    /** What becomes of a tensor; integers are never touched. */
    Treatment treatment(TensorSpec tensor) {
        String name = tensor.name();
        if (tensor.dtype().isInteger()) {
            return Treatment.LEAVE;
        } else if (ignored.contains(name) || prefixes.stream().anyMatch(name::startsWith)) {
            return Treatment.FREEZE;
        } else if (copied.contains(name)) {
            return Treatment.COPY;
        }
        return Treatment.AVERAGE;
    }
}
