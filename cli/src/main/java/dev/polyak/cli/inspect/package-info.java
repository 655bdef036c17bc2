/** {@code polyak inspect}: shows what is in a checkpoint. */
@NullMarked
package dev.polyak.cli.inspect;

import org.jspecify.annotations.NullMarked;
