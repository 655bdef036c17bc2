package dev.polyak.internal.store;

import dev.polyak.ParameterStore;

/**
 * Other numbers than a store's own, which are in its place for a time: an average in its model's, and the model in
 * that's.
 */
public interface Occupant {
    /** The store's own numbers, wherever they are meanwhile. */
    ParameterStore model();
}
