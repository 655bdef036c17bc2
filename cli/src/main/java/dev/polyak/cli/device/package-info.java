/** The option of several commands that says where to compute. */
@NullMarked
package dev.polyak.cli.device;

import org.jspecify.annotations.NullMarked;
