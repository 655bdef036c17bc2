/**
 * The library's own kernels on NVIDIA GPUs: the image they are loaded from, the tables of tensors they work on, and
 * their launches. Every launch gives the bits of the CPU's backends.
 */
@NullMarked
package dev.polyak.internal.cuda;

import org.jspecify.annotations.NullMarked;
