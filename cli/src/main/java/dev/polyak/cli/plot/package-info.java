/** What pictures have in common. */
@NullMarked
package dev.polyak.cli.plot;

import org.jspecify.annotations.NullMarked;
