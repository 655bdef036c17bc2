/** Reads the Python expressions in which training scripts say how they average. Nothing is ever executed. */
@NullMarked
package dev.polyak.frameworks.python;

import org.jspecify.annotations.NullMarked;
