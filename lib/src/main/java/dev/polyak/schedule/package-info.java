/**
 * Which weight comes next: {@link dev.polyak.schedule.Schedule} and the rules of the field, and in which
 * {@linkplain dev.polyak.schedule.UpdateFormula formula} of floating-point operations a weight is applied.
 */
@NullMarked
package dev.polyak.schedule;

import org.jspecify.annotations.NullMarked;
