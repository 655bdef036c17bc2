/** Checks of bits: averages on the GPU beside the same averages on the CPU. */
@NullMarked
package dev.polyak.gpucheck.check;

import org.jspecify.annotations.NullMarked;
