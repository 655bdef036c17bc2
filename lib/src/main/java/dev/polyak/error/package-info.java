/** What the library throws when memory, numbers or a device fail: the children of {@link PolyakException}. */
@NullMarked
package dev.polyak.error;

import org.jspecify.annotations.NullMarked;
