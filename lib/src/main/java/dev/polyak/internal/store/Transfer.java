package dev.polyak.internal.store;

import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;

/** Moves numbers between two stores, whose tensors have been found to match. */
interface Transfer {
    /**
     * Copies tensors of the source to the target, converted where their types differ.
     *
     * @param match where the target's tensors are in the source
     * @param selection which of the target's
     */
    void copy(LayoutMatch match, ParameterLayout selection);

    /** Exchanges all tensors of the target with those of the source. */
    void swap(LayoutMatch match);
}
