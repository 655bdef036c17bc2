package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Compares the tensors of files. */
public final class Tensors {
    private Tensors() {}

    /**
     * Checks that a file has the tensors of another, and no others.
     *
     * @param tolerance how far each element may be off, relative to the largest of its tensor; 0 compares bits
     */
    public static void assertSame(Path mine, Path theirs, double tolerance) throws IOException {
        try (Checkpoint actual = Checkpoint.open(mine);
                Checkpoint expected = Checkpoint.open(theirs)) {
            ParameterLayout layout = expected.store().layout();
            assertThat(names(actual)).containsExactlyInAnyOrderElementsOf(names(expected));
            for (TensorSpec tensor : layout.tensors()) {
                String name = tensor.name();
                ParameterLayout own = actual.store().layout();
                assertThat(own.tensor(own.indexOf(name)).dtype()).as(name).isEqualTo(tensor.dtype());
                if (tolerance == 0 || !tensor.dtype().isFloat()) {
                    assertThat(actual.store()
                                    .segment(name)
                                    .mismatch(expected.store().segment(name)))
                            .as("first byte of " + name + " that differs")
                            .isEqualTo(-1);
                } else {
                    assertClose(name, TestFile.read(mine, name), TestFile.read(theirs, name), tolerance);
                }
            }
        }
    }

    private static void assertClose(String name, List<Double> actual, List<Double> expected, double tolerance) {
        double largest = expected.stream().mapToDouble(Math::abs).max().orElse(0);
        double off = 0;
        for (int i = 0; i < expected.size(); i++) {
            off = Math.max(off, Math.abs(actual.get(i) - expected.get(i)));
        }
        assertThat(off).as(name).isLessThanOrEqualTo(tolerance * largest);
    }

    private static List<String> names(Checkpoint checkpoint) {
        return checkpoint.store().layout().tensors().stream()
                .map(TensorSpec::name)
                .toList();
    }
}
