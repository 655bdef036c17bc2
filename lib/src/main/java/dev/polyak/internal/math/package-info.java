/** Arithmetic that the JDK does not have to the last bit. */
@NullMarked
package dev.polyak.internal.math;

import org.jspecify.annotations.NullMarked;
