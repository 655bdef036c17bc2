package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.error.MemoryLostException;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedStoreTest extends StoreContract {
    @TempDir
    Path folder;

    private final Arena arena = Arena.ofShared();
    private final AtomicInteger files = new AtomicInteger();

    @AfterEach
    void close() {
        arena.close();
    }

    @Override
    ParameterStore make(ParameterLayout layout) {
        Path file = folder.resolve("store-" + files.incrementAndGet());
        return map(file, layout, arena, FileChannel.MapMode.READ_WRITE);
    }

    @Test
    void aReadOnlyMappingIsNotWritten() {
        ParameterStore writable = store(Numbers.MODEL);
        ParameterStore store = map(folder.resolve("store-1"), Numbers.MODEL, arena, FileChannel.MapMode.READ_ONLY);
        assertThat(store.isReadOnly()).isTrue();
        assertThatThrownBy(() -> store.copyFrom(writable))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("store-1");
        assertThatThrownBy(() -> store.swap(writable)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> writable.swap(store)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aTruncatedFileIsNamed() throws IOException {
        try (ParameterStore original = Numbers.random(Numbers.MODEL, 5);
                ParameterStore target = ParameterStore.allocate(Numbers.MODEL, Device.cpu());
                ParameterStore wide = ParameterStore.allocate(
                        Numbers.MODEL.map(tensor -> tensor.dtype() == DType.F32 ? tensor.as(DType.F64) : tensor),
                        Device.cpu())) {
            ParameterStore store = store(Numbers.MODEL);
            store.copyFrom(original);
            try (RandomAccessFile file =
                    new RandomAccessFile(folder.resolve("store-1").toFile(), "rw")) {
                file.setLength(100);
            }
            for (ParameterStore reader : new ParameterStore[] {target, wide}) {
                assertThatThrownBy(() -> reader.copyFrom(store))
                        .isInstanceOf(MemoryLostException.class)
                        .hasMessageContaining("store-1 was truncated")
                        .hasMessageContaining("'big.weight'");
            }
        }
    }

    static ParameterStore map(Path file, ParameterLayout layout, Arena arena, FileChannel.MapMode mode) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment all = channel.map(mode, 0, layout.byteSize() + 3, arena);
            WrappedStoreBuilder builder = ParameterStore.wrap();
            for (int i = 0; i < layout.size(); i++) {
                builder.mapped(
                        layout.tensor(i),
                        all.asSlice(3 + layout.offset(i), layout.tensor(i).bytes()),
                        file);
            }
            return builder.build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
