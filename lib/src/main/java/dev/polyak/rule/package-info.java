/** How a sequence of models becomes an average: what each call does, and what becomes of each kind of tensor. */
@NullMarked
package dev.polyak.rule;

import org.jspecify.annotations.NullMarked;
