package dev.polyak.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigitsTest {
    private final Digits all = Digits.read();

    @Test
    void splitsIntoTrainingAndTest() {
        assertThat(all.size()).isEqualTo(1797);
        assertThat(all.training().size()).isEqualTo(1280);
        assertThat(all.test().size()).isEqualTo(517);
        assertThat(all.test().all().labels()[0]).isEqualTo(all.all().labels()[1280]);
    }

    @Test
    void hasEachDigitAboutAsOften() {
        int[] labels = all.all().labels();

        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            int wanted = digit;
            assertThat(Arrays.stream(labels).filter(label -> label == wanted).count())
                    .isBetween(170L, 185L);
        }
    }

    @Test
    void scalesPixelsToOne() {
        float[][] inputs = all.all().inputs();

        assertThat(inputs).hasDimensions(Digits.PIXELS, 1797);
        for (float[] pixel : inputs) {
            for (float value : pixel) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
        assertThat(inputs[2][0]).isEqualTo(5 / 16f); // the file's first row begins 0,0,5
    }

    @Test
    void takesABatchInTheOrderAsked() {
        Batch batch = all.batch(new int[] {5, 3, 4, 2}, 1, 3);

        assertThat(batch.labels()).containsExactly(3, 4);
        assertThat(batch.size()).isEqualTo(2);
    }

    @Test
    void addsNoiseToACopy() {
        Batch batch = all.batch(new int[] {0, 1}, 0, 2);
        float before = batch.inputs()[0][0];

        Batch noisy = batch.withNoise(0.1f, new Random(1));

        assertThat(batch.inputs()[0][0]).isEqualTo(before);
        assertThat(noisy.inputs()[0][0]).isNotEqualTo(before).isBetween(-1f, 1f);
        assertThat(noisy.labels()).isEqualTo(batch.labels());
    }

    @Test
    void namesSourceAndLicence() throws IOException {
        try (InputStream note = Objects.requireNonNull(Digits.class.getResourceAsStream("README.md"))) {
            assertThat(new String(note.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("https://doi.org/10.24432/C50P49")
                    .contains("CC BY 4.0");
        }
    }
}
