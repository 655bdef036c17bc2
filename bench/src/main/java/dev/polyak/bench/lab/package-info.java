/**
 * Where {@linkplain dev.polyak.bench.work.Experiment experiments} are made: JVMs of their own, one for each backend.
 */
@NullMarked
package dev.polyak.bench.lab;

import org.jspecify.annotations.NullMarked;
