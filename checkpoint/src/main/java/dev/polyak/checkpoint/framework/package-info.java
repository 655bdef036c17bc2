/** What other frameworks save of an average: read, resumed and written in their way. */
@NullMarked
package dev.polyak.checkpoint.framework;

import org.jspecify.annotations.NullMarked;
