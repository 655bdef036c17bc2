/** {@code polyak compare}: compares two checkpoints. */
@NullMarked
package dev.polyak.cli.compare;

import org.jspecify.annotations.NullMarked;
