/**
 * Work whose time is of interest, each piece beside other ways of doing the same on the same memory. Every way's bits
 * are checked before anybody times it.
 */
@NullMarked
package dev.polyak.bench.work;

import org.jspecify.annotations.NullMarked;
