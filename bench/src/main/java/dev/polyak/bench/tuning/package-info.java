/** What might make updates faster and is tried one thing at a time; src/docs/tuning.md tells what became of it. */
@NullMarked
package dev.polyak.bench.tuning;

import org.jspecify.annotations.NullMarked;
