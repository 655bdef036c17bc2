/**
 * What a training loop calls: {@link dev.polyak.train.AveragingHandler}, which averages at the loop's events, puts the
 * average in the model's place for evaluations, and goes on after a crash as if nothing had happened.
 */
@NullMarked
package dev.polyak.train;

import org.jspecify.annotations.NullMarked;
