/** The backend in SIMD: the only package that names {@code jdk.incubator.vector}. */
@NullMarked
package dev.polyak.internal.vector;

import org.jspecify.annotations.NullMarked;
