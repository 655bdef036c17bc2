package dev.polyak.checkpoint.internal.safetensors;

import java.util.List;
import java.util.Map;

/**
 * What a file contains, whatever its format.
 *
 * @param metadata strings that its writer added, in order
 * @param tensors the tensors in the order of their data, with offsets from the beginning of the file
 */
public record FileContents(Map<String, String> metadata, List<StoredTensor> tensors) {}
