/** {@code polyak schedule}: shows the weights of an average before anything is trained. */
@NullMarked
package dev.polyak.cli.schedule;

import org.jspecify.annotations.NullMarked;
