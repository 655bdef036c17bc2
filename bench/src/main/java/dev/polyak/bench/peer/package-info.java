/** What people use today, in the same run: PyTorch, in a Python of its own. */
@NullMarked
package dev.polyak.bench.peer;

import org.jspecify.annotations.NullMarked;
