/** The backend in plain Java: the reference, always there. */
@NullMarked
package dev.polyak.internal.scalar;

import org.jspecify.annotations.NullMarked;
