/** A layout cut into pieces of work, and the threads that take them: shared, bounded, and free of allocation. */
@NullMarked
package dev.polyak.internal.partition;

import org.jspecify.annotations.NullMarked;
