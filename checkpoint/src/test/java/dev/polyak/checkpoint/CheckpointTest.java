package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.error.MemoryLostException;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    @TempDir
    Path folder;

    @Test
    void opensAFile() throws IOException {
        Path file = save("model.safetensors", "b", "a");
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(names(checkpoint)).containsExactly("a", "b");
            assertThat(checkpoint.store().isReadOnly()).isTrue();
            assertThat(checkpoint.store().origin(1)).isEqualTo(file.toString());
            assertThat(checkpoint.path()).isEqualTo(file);
            assertThat(checkpoint.files()).containsExactly(file);
            assertThat(checkpoint.fileOf(1)).isEqualTo(file);
            assertThat(checkpoint).hasToString(file + ": " + checkpoint.store().layout());
        }
    }

    @Test
    void keepsTheMetadataInOrder() throws IOException {
        Path file = Files.write(
                folder.resolve("m.safetensors"),
                Raw.file("{\"__metadata__\":{\"z\":\"1\",\"a\":\"2\",\"m\":\"\"}}", 0));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.metadata())
                    .containsExactly(Map.entry("z", "1"), Map.entry("a", "2"), Map.entry("m", ""));
        }
    }

    @Test
    void isClosedOnceAndForAll() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(save("model.safetensors", "a"));
        MemorySegment segment = checkpoint.store().segment("a");
        checkpoint.close();
        assertThatCode(checkpoint::close).doesNotThrowAnyException();
        assertThatIllegalStateException().isThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void staysAsItWasWhenItsFileIsReplaced() throws IOException {
        Path file = save("model.safetensors", "a");
        try (Checkpoint before = Checkpoint.open(file)) {
            save("model.safetensors", "b", "c");
            assertThat(before.store().segment("a").get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4))
                    .isEqualTo(1.0f);
        }
    }

    @Test
    void namesTheFileThatSomeoneTruncatesMeanwhile() throws IOException {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1 << 20));
        Path file = folder.resolve("model.safetensors");
        try (ParameterStore model = ParameterStore.allocate(layout, Device.cpu())) {
            Checkpoint.save(file, model, Map.of());
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                try (RandomAccessFile someoneElse = new RandomAccessFile(file.toFile(), "rw")) {
                    someoneElse.setLength(4096);
                }
                assertThatExceptionOfType(MemoryLostException.class)
                        .isThrownBy(() -> model.copyFrom(checkpoint.store()))
                        .withMessageContaining(file.toString());
            }
        }
    }

    @Test
    void opensAnIndexItsFolderAndAFolderWithoutOne() throws IOException {
        Path one = save("model-00001-of-00002.safetensors", "a", "c");
        Path two = save("model-00002-of-00002.safetensors", "b");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(names(checkpoint)).containsExactly("a", "c", "b");
            assertThat(checkpoint.files()).containsExactly(one, two);
        }
        Path index = index("{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\","
                + "\"c\":\"./model-00001-of-00002.safetensors\"}");
        for (Path path : new Path[] {folder, index}) {
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                assertThat(names(checkpoint)).containsExactly("a", "c", "b");
                assertThat(checkpoint.path()).isEqualTo(path);
                assertThat(checkpoint.files()).containsExactly(one, two, index);
                assertThat(checkpoint.fileOf(2)).isEqualTo(two);
                assertThat(checkpoint.store().origin(2)).isEqualTo(two.toString());
            }
        }
    }

    @Test
    void joinsTheMetadataOfShards() throws IOException {
        Files.write(folder.resolve("1.safetensors"), Raw.file("{\"__metadata__\":{\"format\":\"pt\",\"n\":\"1\"}}", 0));
        Files.write(folder.resolve("2.safetensors"), Raw.file("{\"__metadata__\":{\"n\":\"2\",\"x\":\"\"}}", 0));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.metadata())
                    .containsExactly(Map.entry("format", "pt"), Map.entry("n", "1"), Map.entry("x", ""));
        }
    }

    @Test
    void overlooksHiddenAndTemporaryFilesInAFolder() throws IOException {
        save("model.safetensors", "a");
        Files.writeString(folder.resolve("._model.safetensors"), "what macOS leaves behind");
        Files.writeString(folder.resolve(".model.safetensors.polyak-tmp-1"), "half");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(names(checkpoint)).containsExactly("a");
        }
    }

    @Test
    void readsRolesFromTheRecordOfTheFile() throws IOException {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.buffer("table", DType.F32, 2),
                TensorSpec.parameter("bn.running_mean", DType.F32, 2),
                TensorSpec.parameter("ids", DType.I64, 2));
        Path file = folder.resolve("model.safetensors");
        try (HostStore store = ParameterStore.allocate(layout)) {
            Checkpoint.save(file, store, Map.of("format", "pt"));
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            ParameterLayout read = checkpoint.store().layout();
            for (TensorSpec tensor : layout.tensors()) {
                assertThat(read.tensor(read.indexOf(tensor.name()))).isEqualTo(tensor);
            }
            assertThat(checkpoint.metadata())
                    .containsEntry("format", "pt")
                    .containsEntry("polyak.buffers", "[\"table\"]");
        }
    }

    @Test
    void namesAFormatUnlessThereIsOne() throws IOException {
        Path file = folder.resolve("model.safetensors");
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32));
        for (Map<String, String> metadata : List.of(Map.<String, String>of(), Map.of("format", "mlx"))) {
            try (HostStore store = ParameterStore.allocate(layout)) {
                Checkpoint.save(file, store, metadata);
            }
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertThat(checkpoint.metadata()).containsEntry("format", metadata.getOrDefault("format", "pt"));
            }
        }
    }

    @Test
    void tellsRolesByNameWhereThereIsNoRecord() throws IOException {
        Path file = save("model.safetensors", "w", "bn.running_mean", "other");
        try (Checkpoint checkpoint =
                Checkpoint.open(file, BufferNames.defaults().and("oth?r"))) {
            assertThat(checkpoint.store().layout().tensors())
                    .extracting(TensorSpec::role)
                    .containsExactly(Role.BUFFER, Role.BUFFER, Role.PARAMETER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "{}", "[1]", "[\\\"a\\\"", ""})
    void refusesARecordThatIsNone(String record) throws IOException {
        Path file = Files.write(
                folder.resolve("m.safetensors"),
                Raw.file("{\"__metadata__\":{\"polyak.buffers\":\"" + record + "\"}}", 0));
        assertRefused(file, "the metadata 'polyak.buffers' of '" + file + "' ");
    }

    @Test
    void refusesWhatIsNotThere() {
        Path file = folder.resolve("none.safetensors");
        assertRefused(file, "'" + file + "' cannot be read: there is no such file; check the path and its permissions");
    }

    @Test
    void refusesAFolderWithoutACheckpoint() {
        assertRefused(
                folder,
                "the folder '" + folder
                        + "' has no *.safetensors file and no *.safetensors.index.json; check the path");
    }

    @Test
    void refusesAFolderWithTwoIndexes() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
        Files.writeString(folder.resolve("model.fp16.safetensors.index.json"), "{}");
        assertRefused(folder, "the folder '" + folder + "' has 2 checkpoints: ");
    }

    @Test
    void refusesSeveralCheckpointsInAFolder() throws IOException {
        Path one = save("step-1.safetensors", "a");
        Path two = save("step-2.safetensors", "a");
        assertRefused(
                folder,
                "tensor 'a' is in '" + one + "' and in '" + two + "', so '" + folder
                        + "' is not one sharded checkpoint; name its files one by one");
    }

    @Test
    void refusesATensorInTwoShards() throws IOException {
        Path one = save("1.safetensors", "a");
        Path two = save("2.safetensors", "b", "a");
        index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}");
        assertRefused(
                folder,
                "tensor 'a' is in '" + one + "' and in '" + two
                        + "', of one sharded checkpoint; save or download it again");
    }

    @Test
    void refusesATensorThatIsNotInItsShard() throws IOException {
        Path one = save("1.safetensors", "a");
        save("2.safetensors", "b");
        Path index = index("{\"a\":\"1.safetensors\",\"b\":\"1.safetensors\",\"c\":\"2.safetensors\"}");
        assertRefused(
                folder,
                "tensor 'b' is not in '" + one + "', where the index '" + index
                        + "' has it; save or download both again");
    }

    @Test
    void refusesAnIndexWithMissingShards() throws IOException {
        save("1.safetensors", "a");
        Path index = index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}");
        assertRefused(
                index,
                "the checkpoint of the index '" + index + "' is not complete: '" + folder.resolve("2.safetensors")
                        + "' is missing; copy or download the rest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../1.safetensors", "/etc/passwd", "", ".", "..", "sub/../../1.safetensors", "nul\\u0000"})
    void refusesAnIndexThatLeadsOutOfItsFolder(String shard) throws IOException {
        Path index = index("{\"a\":\"" + shard + "\"}");
        assertRefused(
                index,
                "the index '" + index + "' has tensor 'a' in '" + shard
                        + "', which is no file in the folder of the index; correct the index");
    }

    @Test
    void opensShardsInAFolderBelow() throws IOException {
        Files.createDirectory(folder.resolve("weights"));
        save("weights/1.safetensors", "a");
        index("{\"a\":\"weights/1.safetensors\"}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(names(checkpoint)).containsExactly("a");
        }
    }

    @Test
    void refusesAnIndexThatIsNone() throws IOException {
        Path index = folder.resolve("x.json");
        Files.writeString(index, "{\"metadata\":{\"total_size\":1}}");
        assertRefused(index, "'" + index + "' is not the index of a sharded checkpoint: it has no weight_map; ");
        Files.writeString(index, "{\"weight_map\":3}");
        assertRefused(index, "the index '" + index + "' does not have one object as its weight_map; ");
        Files.writeString(index, "{\"weight_map\":{\"a\":3}}");
        assertRefused(index, "the index '" + index + "' does not give a file for tensor 'a'; ");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"1\",\"a\":\"1\"}}");
        assertRefused(index, "the index '" + index + "' has two entries for tensor 'a'; ");
        Files.writeString(index, "{\"weight_map\":");
        assertRefused(index, "the index '" + index + "' cannot be parsed as JSON at character 14; ");
        Files.writeString(index, "[]");
        assertRefused(index, "the index '" + index + "' is not a JSON object; ");
        Files.write(index, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertRefused(index, "the index '" + index + "' is not valid UTF-8; ");
        assertRefused(
                folder.resolve("none.json"),
                "the index '" + folder.resolve("none.json") + "' cannot be read: there is no such file; ");
    }

    @Test
    void refusesWhatIsNoRegularFile() throws IOException {
        Path pipe = folder.resolve("pipe");
        assumeTrue(mkfifo(pipe));
        assertRefused(pipe, "'" + pipe + "' cannot be read: it is not a regular file; save it to disk first");
    }

    private static boolean mkfifo(Path pipe) {
        try {
            return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    private Path save(String name, String... tensors) throws IOException {
        TensorSpec[] specs = Arrays.stream(tensors)
                .map(tensor -> TensorSpec.parameter(tensor, DType.F32, 3))
                .toArray(TensorSpec[]::new);
        Path file = folder.resolve(name);
        try (HostStore store = ParameterStore.allocate(ParameterLayout.of(specs))) {
            for (int i = 0; i < specs.length; i++) {
                store.segment(i).set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4, 1.0f + i);
            }
            try (SafetensorsWriter writer = SafetensorsWriter.create(file, store.layout(), Map.of())) {
                writer.write(store);
                writer.commit();
            }
        }
        return file;
    }

    private Path index(String weightMap) throws IOException {
        return Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\":{\"total_size\":36,\"more\":[1.5,{}]},\"weight_map\":" + weightMap + "}");
    }

    private static void assertRefused(Path path, String sentence) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(path))
                .satisfies(e -> assertThat(e.getMessage()).startsWith(sentence).hasLineCount(1));
    }

    private static List<String> names(Checkpoint checkpoint) {
        return checkpoint.store().layout().tensors().stream()
                .map(TensorSpec::name)
                .toList();
    }
}
