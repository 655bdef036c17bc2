package dev.polyak.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Handwritten digits of 8 by 8 pixels; the resource {@code README.md} names their source. */
final class Digits {
    static final int PIXELS = 64;
    static final int CLASSES = 10;

    private static final int TRAINING_ROWS = 1280;
    private static final float BRIGHTEST = 16;

    private final List<int[]> rows;

    private Digits(List<int[]> rows) {
        this.rows = rows;
    }

    /** All digits that there are. */
    static Digits read() {
        InputStream resource = Objects.requireNonNull(
                Digits.class.getResourceAsStream("digits.csv"), "digits.csv is not on the class path");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
            return new Digits(lines.lines()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray())
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those to learn from. */
    Digits training() {
        return new Digits(rows.subList(0, TRAINING_ROWS));
    }

    /** The others, to test with. */
    Digits test() {
        return new Digits(rows.subList(TRAINING_ROWS, rows.size()));
    }

    int size() {
        return rows.size();
    }

    /** All of them at once. */
    Batch all() {
        int[] order = new int[size()];
        Arrays.setAll(order, i -> i);
        return batch(order, 0, order.length);
    }

    /**
     * Some digits.
     *
     * @param order numbers of digits
     * @param from the first to take of them
     * @param to the one after the last to take
     */
    Batch batch(int[] order, int from, int to) {
        float[][] inputs = new float[PIXELS][to - from];
        int[] labels = new int[to - from];
        for (int i = 0; i < labels.length; i++) {
            int[] row = rows.get(order[from + i]);
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                inputs[pixel][i] = row[pixel] / BRIGHTEST;
            }
            labels[i] = row[PIXELS];
        }
        return new Batch(inputs, labels);
    }
}
