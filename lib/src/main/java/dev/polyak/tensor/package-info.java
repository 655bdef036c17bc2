/** What a model is made of: tensors, their types and roles, and how one model's are found in another's. */
@NullMarked
package dev.polyak.tensor;

import org.jspecify.annotations.NullMarked;
