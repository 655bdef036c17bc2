/**
 * Running averages of a model's parameters: {@link dev.polyak.ParameterStore}, where the numbers are, and
 * {@link dev.polyak.ParameterAverage}, which mixes one store into another as a {@linkplain dev.polyak.schedule.Schedule
 * schedule} says.
 */
@NullMarked
package dev.polyak;

import org.jspecify.annotations.NullMarked;
