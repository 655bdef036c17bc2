/** Who makes an update: the caller, or a thread in the background, to whose device the model is brought. */
@NullMarked
package dev.polyak.internal.offload;

import org.jspecify.annotations.NullMarked;
