/**
 * What only a GPU can show: that it computes the CPU's bits, and how fast. {@link dev.polyak.gpucheck.GpuCheck} runs
 * the list of {@code check}, then the list of {@code measure}, and reports both; {@link dev.polyak.gpucheck.Pack} makes
 * the archive that carries it all to a machine without a JDK, where {@link dev.polyak.gpucheck.Main} starts it.
 *
 * <p>It uses the library as any program does, and nothing else: what it needs has to fit the archive.
 */
@NullMarked
package dev.polyak.gpucheck;

import org.jspecify.annotations.NullMarked;
