/** {@code polyak gpu-check}: checks and measures a GPU, or packs the check so that it can be carried to one. */
@NullMarked
package dev.polyak.cli.gpucheck;

import org.jspecify.annotations.NullMarked;
