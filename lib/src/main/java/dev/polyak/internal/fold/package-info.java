/** The average of stores that are all there at once, piece by piece. */
@NullMarked
package dev.polyak.internal.fold;

import org.jspecify.annotations.NullMarked;
