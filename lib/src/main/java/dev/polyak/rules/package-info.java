/**
 * The averages of other systems, bit for bit: {@link dev.polyak.rules.Rules} reads the call with which a training
 * script makes its average, and gives the rule that reproduces it. One class per system's rule; each takes that
 * system's own argument names and defaults, and refuses what the system refuses.
 */
@NullMarked
package dev.polyak.rules;

import org.jspecify.annotations.NullMarked;
