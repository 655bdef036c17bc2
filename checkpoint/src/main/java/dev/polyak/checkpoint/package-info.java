/**
 * Checkpoints on disk: files of the safetensors format, single or sharded, opened as {@link dev.polyak.ParameterStore}s
 * over a mapping and written atomically.
 *
 * <p>What the parts know of each other: the parser of a format turns a header into {@code FileContents} and touches no
 * file; {@code MappedFile} maps; {@code BufferNames} gives the tensors their roles; {@code Checkpoint} puts them
 * together. A further format needs a parser only.
 *
 * <p>{@code FrameworkCheckpoint} reads and writes what other frameworks save of an average; their names are
 * {@code dev.polyak.checkpoint.framework.scheme}'s, which knows no formats.
 */
@NullMarked
package dev.polyak.checkpoint;

import org.jspecify.annotations.NullMarked;
