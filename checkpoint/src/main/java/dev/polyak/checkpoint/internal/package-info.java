/** What the packages of this module share. */
@NullMarked
package dev.polyak.checkpoint.internal;

import org.jspecify.annotations.NullMarked;
