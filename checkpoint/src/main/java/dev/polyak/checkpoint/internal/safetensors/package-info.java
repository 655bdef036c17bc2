/**
 * The files themselves: headers, which are checked as they are parsed, mappings, plans for writing, and files that
 * appear whole.
 */
@NullMarked
package dev.polyak.checkpoint.internal.safetensors;

import org.jspecify.annotations.NullMarked;
