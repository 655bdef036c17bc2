package dev.polyak.gpucheck.check;

import dev.polyak.Device;

/**
 * With what checks are made.
 *
 * @param gpu the device that is checked
 * @param numbers what stores are filled with
 * @param elements how many the largest tensors have
 */
public record Bench(Device gpu, NumberSource numbers, int elements) {}
