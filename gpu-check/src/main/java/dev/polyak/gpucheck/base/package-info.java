/** What checks and measurements share. */
@NullMarked
package dev.polyak.gpucheck.base;

import org.jspecify.annotations.NullMarked;
