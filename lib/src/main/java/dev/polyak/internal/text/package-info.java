/** Sizes and lists as people read them. */
@NullMarked
package dev.polyak.internal.text;

import org.jspecify.annotations.NullMarked;
