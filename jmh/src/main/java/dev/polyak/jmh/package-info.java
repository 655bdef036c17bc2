/**
 * How fast the averages are: by themselves (the classes named {@code …Benchmark}), and as ratios, two ways of doing the
 * same work timed in turn (the classes named {@code …Race}, which {@link dev.polyak.jmh.Ratios} runs and records).
 */
@NullMarked
package dev.polyak.jmh;

import org.jspecify.annotations.NullMarked;
