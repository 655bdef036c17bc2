/**
 * How other frameworks name what they save of an average and its model: which entries are the average, which the raw
 * model, whether the two have changed places, and how many calls there have been.
 *
 * <p>A state is a {@link dev.polyak.ParameterStore} whose tensors have dotted names, as in
 * {@code ema_state_dict.module.fc.weight}: the keys of nested dictionaries, joined. A single number is a tensor of no
 * dimensions. Nothing here knows in which format of file the state is kept; that is {@link dev.polyak.checkpoint}'s.
 */
@NullMarked
package dev.polyak.checkpoint.framework.scheme;

import org.jspecify.annotations.NullMarked;
