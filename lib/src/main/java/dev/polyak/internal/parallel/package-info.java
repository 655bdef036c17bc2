/** Threads for loops over memory: shared, bounded, and free of allocation. */
@NullMarked
package dev.polyak.internal.parallel;

import org.jspecify.annotations.NullMarked;
