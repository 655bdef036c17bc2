package dev.polyak.internal.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PartitionTest {
    private static final DType[] TYPES = {DType.F64, DType.F32, DType.BF16, DType.U8};

    @Property(tries = 300)
    void everyElementComesOnceInPiecesOfOneTensor(
            @ForAll @Size(max = 60) List<@IntRange(max = 300_000) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 3) int threads) {
        List<TensorSpec> tensors = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            int size = i % 3 == 0 ? sizes.get(i) : sizes.get(i) % 1000; // a few large ones among many small
            tensors.add(TensorSpec.parameter("t" + i, TYPES[i % TYPES.length], size));
        }
        AtomicLongArray elements = new AtomicLongArray(sizes.size());
        AtomicLongArray positions = new AtomicLongArray(sizes.size());
        new Partition(ParameterLayout.of(tensors))
                .forEach(
                        (worker, tensor, from, count) -> {
                            assertThat(worker).isLessThan(threads);
                            assertThat(count).isBetween(1, Partition.ELEMENTS);
                            assertThat(from % Partition.ELEMENTS).isZero();
                            elements.addAndGet(tensor, count);
                            positions.addAndGet(tensor, from);
                        },
                        (tensor, cause) -> new IllegalStateException(cause),
                        threads);
        for (int i = 0; i < tensors.size(); i++) {
            long size = tensors.get(i).elements();
            long tiles = (size + Partition.ELEMENTS - 1) / Partition.ELEMENTS;
            assertThat(elements.get(i)).as(tensors.get(i).toString()).isEqualTo(size);
            assertThat(positions.get(i))
                    .as("begin of each piece, added up")
                    .isEqualTo(tiles * (tiles - 1) / 2 * Partition.ELEMENTS);
        }
    }

    @Test
    void aFailureNamesItsTensor() {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("a", DType.F32, 10),
                TensorSpec.parameter("b", DType.F32, 300_000),
                TensorSpec.parameter("c", DType.F32, 10));
        assertThatThrownBy(() -> new Partition(layout)
                        .forEach(
                                (worker, tensor, from, count) -> {
                                    if (from > 0) {
                                        throw new IOException("broken");
                                    }
                                },
                                (tensor, cause) -> new IllegalStateException(
                                        layout.tensor(tensor).name() + " " + cause.getMessage()),
                                1))
                .hasMessage("b broken");
    }
}
