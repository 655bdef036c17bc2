/**
 * Running averages of a model's parameters: {@link dev.polyak.ParameterStore}, where the numbers are, and
 * {@link dev.polyak.ParameterAverage}, which mixes one store into another as a {@linkplain dev.polyak.schedule.Schedule
 * schedule} says.
 *
 * <p>In this and the other packages a null argument is refused with a {@link NullPointerException} that names the
 * parameter, unless the parameter is marked as nullable.
 */
@NullMarked
package dev.polyak;

import org.jspecify.annotations.NullMarked;
