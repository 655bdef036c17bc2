/**
 * The demonstration: trains a small classifier of handwritten digits, and averages it with the library as a user would.
 *
 * <p>The classifier is plain Java on one thread, so that its results are the same bits on every machine.
 */
@NullMarked
package dev.polyak.cli.demo;

import org.jspecify.annotations.NullMarked;
