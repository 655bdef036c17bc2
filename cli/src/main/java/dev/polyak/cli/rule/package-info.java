/** How checkpoints become an average: the options that say it, and the weights that they come to. */
@NullMarked
package dev.polyak.cli.rule;

import org.jspecify.annotations.NullMarked;
