package dev.polyak.cli.demo;

/**
 * How an epoch went.
 *
 * @param number from 1
 * @param loss mean over the training digits, with the weights of each moment
 * @param raw part of the test digits that the weights recognise at its end, 0 to 1
 * @param averaged the same with the averaged weights
 */
record Epoch(int number, double loss, double raw, double averaged) {}
