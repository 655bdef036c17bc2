/** How fast averages are, under JMH: with its forks, warm-up and profilers. */
@NullMarked
package dev.polyak.jmh;

import org.jspecify.annotations.NullMarked;
