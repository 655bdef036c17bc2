/** How an average on another device than its model follows it, and what that costs. */
@NullMarked
package dev.polyak.offload;

import org.jspecify.annotations.NullMarked;
