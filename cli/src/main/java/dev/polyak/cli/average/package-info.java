/** {@code polyak average}: averages the checkpoints of a run. */
@NullMarked
package dev.polyak.cli.average;

import org.jspecify.annotations.NullMarked;
