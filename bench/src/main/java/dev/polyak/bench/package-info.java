/** Measures how fast averages are on this machine: what is asked, what was found, and how it compares with earlier. */
@NullMarked
package dev.polyak.bench;

import org.jspecify.annotations.NullMarked;
