/** One update of averages on their model's own device. */
@NullMarked
package dev.polyak.internal.update;

import org.jspecify.annotations.NullMarked;
