/**
 * What every backend can do to a piece of memory, and how a backend is chosen. {@code Step} and {@code Element} hold
 * the scalar definitions that all backends must reproduce bit for bit; {@code UpdateKernel} puts them together for any
 * pair of element types.
 */
@NullMarked
package dev.polyak.internal.kernel;

import org.jspecify.annotations.NullMarked;
