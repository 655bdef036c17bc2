/**
 * The averages of other frameworks, bit for bit: {@link dev.polyak.frameworks.Rules} reads the call with which a
 * training script makes its average, and gives the rule that reproduces it. One class per framework's rule; each takes
 * that framework's own argument names and defaults, and refuses what the framework refuses.
 */
@NullMarked
package dev.polyak.frameworks;

import org.jspecify.annotations.NullMarked;
