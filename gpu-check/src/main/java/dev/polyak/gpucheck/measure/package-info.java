/** Measurements of time: ways of doing the same work in turn, so that whatever the machine does meets all of them. */
@NullMarked
package dev.polyak.gpucheck.measure;

import org.jspecify.annotations.NullMarked;
