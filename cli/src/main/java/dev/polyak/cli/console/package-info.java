/** What all commands share: the way they fail, show progress, print tables and JSON. */
@NullMarked
package dev.polyak.cli.console;

import org.jspecify.annotations.NullMarked;
