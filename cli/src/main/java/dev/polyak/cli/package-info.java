/**
 * The command line. {@link dev.polyak.cli.Main} puts the commands together, turns what they throw into one sentence and
 * an exit status; each command has a package of its own, and {@code console} is what they share.
 */
@NullMarked
package dev.polyak.cli;

import org.jspecify.annotations.NullMarked;
