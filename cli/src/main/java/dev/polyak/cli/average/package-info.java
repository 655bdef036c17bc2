/** {@code polyak average} and {@code polyak posthoc}: average the checkpoints of a run, and averages that it stored. */
@NullMarked
package dev.polyak.cli.average;

import org.jspecify.annotations.NullMarked;
