/** {@code polyak bench}: measures this machine. */
@NullMarked
package dev.polyak.cli.bench;

import org.jspecify.annotations.NullMarked;
