/**
 * What the tests of several modules use: a CUDA runtime that stands in for a GPU, other JVMs, what was logged, JSON.
 */
@NullMarked
package dev.polyak.testkit;

import org.jspecify.annotations.NullMarked;
