package dev.polyak.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.HostStore;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void filesAreFoldedInOrderAndDeletedAtTheEnd() throws Exception {
        try (ModelFiles files = new ModelFiles(folder, DType.F32, 1, 3);
                FoldedFiles fold = new FoldedFiles(files, DType.F32, 1)) {
            fold.run();

            float expected = Float.intBitsToFloat(0x30303030);
            for (int bits : new int[] {0x31313131, 0x32323232}) {
                expected = Math.fma((float) (1 - SameBits.DECAY), Float.intBitsToFloat(bits) - expected, expected);
            }
            MemorySegment average = HostStore.of(fold.average()).segment(0);
            assertThat(average.byteSize()).isEqualTo(1 << 20);
            assertThat(average.get(ValueLayout.JAVA_FLOAT, (1 << 20) - Float.BYTES))
                    .isEqualTo(expected);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
