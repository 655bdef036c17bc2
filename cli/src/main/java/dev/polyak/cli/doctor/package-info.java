/** {@code polyak doctor}: says what this machine and this JVM offer. */
@NullMarked
package dev.polyak.cli.doctor;

import org.jspecify.annotations.NullMarked;
