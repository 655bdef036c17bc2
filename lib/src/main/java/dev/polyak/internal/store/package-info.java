/** Stores: the memory of the host and of GPUs, and how numbers get from one to another. */
@NullMarked
package dev.polyak.internal.store;

import org.jspecify.annotations.NullMarked;
