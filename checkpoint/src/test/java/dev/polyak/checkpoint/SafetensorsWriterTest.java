package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
    private static final ParameterLayout TWO =
            ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 2), TensorSpec.buffer("n", DType.I64));

    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void nameTheOutput() {
        out = folder.resolve("out.safetensors");
    }

    @Test
    void ordersTensorsAsTheReferenceDoes() throws IOException {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("b", DType.F32, 2),
                TensorSpec.parameter(
                        "\uffee", DType.F32), // one UTF-16 unit above a surrogate, but three bytes of UTF-8, not four
                TensorSpec.parameter("\ud83d\ude00", DType.F32),
                TensorSpec.parameter("a", DType.F32, 1, 3),
                TensorSpec.parameter("h", DType.BF16, 0),
                TensorSpec.parameter("flag", DType.BOOL, 3),
                TensorSpec.parameter("n", DType.I64));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "/ \u0001\u001f\"");
        metadata.put("a", "");
        write(layout, metadata);
        assertThat(Raw.header(out))
                .isEqualTo("{\"__metadata__\":{\"z\":\"/ \\u0001\\u001f\\\"\",\"a\":\"\"},"
                        + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[8,20]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[20,28]},"
                        + "\"\uffee\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[28,32]},"
                        + "\"\ud83d\ude00\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[32,36]},"
                        + "\"h\":{\"dtype\":\"BF16\",\"shape\":[0],\"data_offsets\":[36,36]},"
                        + "\"flag\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[36,39]}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 54, 55, 56, 57, 63, 64, 65, 1000})
    void beginsTheDataAtAMultipleOf64(int metadataLength) throws IOException {
        write(TWO, Map.of("k", "x".repeat(metadataLength)));
        byte[] bytes = Files.readAllBytes(out);
        long dataStart = Long.BYTES + Raw.headerBytes(bytes);
        assertThat(dataStart % 64).isZero();
        assertThat(dataStart - Long.BYTES - Raw.header(out).length()).isBetween(0L, 63L);
        assertThat(bytes).hasSize((int) dataStart + 16);
    }

    @Test
    void alignsEveryTensorToItsElements() throws IOException {
        List<TensorSpec> tensors = new ArrayList<>();
        for (DType dtype : DType.values()) {
            tensors.add(TensorSpec.parameter(dtype + ".odd", dtype, dtype.bits() < 8 ? 4 : 3));
            tensors.add(TensorSpec.parameter(dtype + ".more", dtype, dtype.bits() < 8 ? 12 : 7));
        }
        Collections.shuffle(tensors, new Random(1));
        write(ParameterLayout.of(tensors), Map.of());
        try (Checkpoint checkpoint = Checkpoint.open(out)) {
            ParameterLayout layout = checkpoint.store().layout();
            for (int i = 0; i < layout.size(); i++) {
                long elementBytes = Math.max(8, layout.tensor(i).dtype().bits()) / 8;
                assertThat(checkpoint.store().segment(i).address() % elementBytes)
                        .isZero();
            }
        }
    }

    @Test
    void takesPiecesInAnyOrderFromSeveralThreads() throws Exception {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("large", DType.F32, 5_000_001),
                TensorSpec.parameter("small", DType.U8, 1_000_003));
        try (ParameterStore store = random(layout, 1)) {
            List<long[]> pieces = new ArrayList<>();
            for (int i = 0; i < layout.size(); i++) {
                for (long offset = 0; offset < layout.tensor(i).bytes(); offset += 77_777) {
                    pieces.add(new long[] {
                        i, offset, Math.min(77_777, layout.tensor(i).bytes() - offset)
                    });
                }
            }
            Collections.shuffle(pieces, new Random(2));
            try (SafetensorsWriter writer = SafetensorsWriter.create(out, layout, Map.of())) {
                List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
                List<Thread> threads = IntStream.range(0, 4)
                        .mapToObj(k -> new Thread(() -> {
                            try {
                                for (int p = k; p < pieces.size(); p += 4) {
                                    long[] piece = pieces.get(p);
                                    int tensor = (int) piece[0];
                                    writer.write(
                                            tensor,
                                            piece[1],
                                            HostStore.of(store).segment(tensor).asSlice(piece[1], piece[2]));
                                }
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        }))
                        .toList();
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(failures).isEmpty();
                writer.commit();
            }
            assertHolds(store);
        }
    }

    @Test
    void takesALargeTensorInOnePieceAndOneOnTheHeap() throws IOException {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("large", DType.U8, 40_000_001));
        try (ParameterStore store = random(layout, 3)) {
            try (SafetensorsWriter writer = SafetensorsWriter.create(out, layout, Map.of())) {
                writer.write(
                        0,
                        0,
                        MemorySegment.ofArray(HostStore.of(store).segment(0).toArray(ValueLayout.JAVA_BYTE)));
                writer.commit();
            }
            assertHolds(store);
        }
    }

    @Test
    void writesATiedTensorUnderEachName() throws IOException {
        ParameterLayout layout = ParameterLayout.builder()
                .add(TensorSpec.parameter("other", DType.F32, 3))
                .add(TensorSpec.parameter("embed", DType.F32, 5))
                .tied("head", "embed")
                .add(TensorSpec.parameter("last", DType.F16, 3))
                .tied("also", "embed")
                .build();
        try (ParameterStore store = random(layout, 4)) {
            try (SafetensorsWriter writer = SafetensorsWriter.create(out, layout, Map.of())) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> writer.write(2, 0, HostStore.of(store).segment(2)))
                        .withMessage("'head' is tied to 'embed', with which it is written");
                writer.write(store);
                writer.commit();
            }
            assertHolds(store);
        }
    }

    @Test
    void replacesAnOlderFileAtLast() throws IOException {
        Files.writeString(out, "old");
        try (ParameterStore store = random(TWO, 5);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            writer.write(store);
            assertThat(out).hasContent("old");
            writer.commit();
            assertHolds(store);
        }
        assertThat(list()).containsExactly(out);
    }

    @Test
    void withoutACommitLeavesEverythingAsItWas() throws IOException {
        Files.writeString(out, "old");
        try (ParameterStore store = random(TWO, 6);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            writer.write(store);
            assertThat(list()).hasSize(2);
        }
        assertThat(out).hasContent("old");
        assertThat(list()).containsExactly(out);
    }

    @Test
    void doesNotCommitAnIncompleteFile() throws IOException {
        try (ParameterStore store = random(TWO, 7);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            writer.write(1, 0, HostStore.of(store).segment(1));
            writer.write(0, 0, HostStore.of(store).segment(0).asSlice(0, 5));
            assertThatIllegalStateException()
                    .isThrownBy(writer::commit)
                    .withMessage("tensor 'w' in " + out + " has 8 bytes, and 5 were written");
            writer.write(0, 0, HostStore.of(store).segment(0));
            assertThatIllegalStateException().isThrownBy(writer::commit);
        }
        assertThat(list()).isEmpty();
    }

    @Test
    void doesNotWriteBesideATensor() throws IOException {
        try (Arena arena = Arena.ofConfined();
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            MemorySegment nine = arena.allocate(9);
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> writer.write(0, 0, nine));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> writer.write(0, 1, nine.asSlice(0, 8)));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> writer.write(0, -1, nine.asSlice(0, 1)));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> writer.write(2, 0, nine));
        }
    }

    @Test
    void takesOnlyAStoreOfItsLayout() throws IOException {
        try (ParameterStore other = random(ParameterLayout.of(TensorSpec.parameter("x", DType.F32)), 8);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            assertThatIllegalArgumentException().isThrownBy(() -> writer.write(other));
        }
    }

    @Test
    void saysThatThereIsNoSpace() throws IOException {
        Files.writeString(out, "old");
        try (ParameterStore store = random(TWO, 9);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of(), FailingChannel.full(130))) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> writer.write(store))
                    .withMessage(
                            "'" + out
                                    + "' cannot be written: there is no space left; free some, or choose a name on another disk");
        }
        assertThat(out).hasContent("old");
        assertThat(list()).containsExactly(out);
    }

    @Test
    void saysThatTheDiskFailed() throws IOException {
        try (ParameterStore store = random(TWO, 10);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of(), FailingChannel.losing())) {
            writer.write(store);
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(writer::commit)
                    .withMessage("'" + out
                            + "' cannot be written: Input/output error; check the folder and its permissions");
        }
        assertThat(list()).isEmpty();
    }

    @Test
    void saysThatTheFileCannotBeMade() {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SafetensorsWriter.create(
                        out, TWO, Map.of(), FailingChannel.absent(new IOException("Read-only file system"))))
                .withMessage(
                        "'" + out + "' cannot be written: Read-only file system; check the folder and its permissions");
    }

    @Test
    void saysThatAThreadWasInterrupted() throws IOException {
        try (ParameterStore store = random(TWO, 11);
                SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of())) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> writer.write(store))
                    .withMessage(
                            "'" + out
                                    + "' cannot be written: it was closed, or a thread that wrote it interrupted; write it again");
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(list()).isEmpty();
    }

    @Test
    void refusesAPlaceWhereNothingCanBe() throws IOException {
        assertRefused(folder, "'" + folder + "' cannot be written: it is a folder; name a file in it");
        Path deep = folder.resolve("no/such/out");
        assertRefused(
                deep, "'" + deep + "' cannot be written: there is no folder '" + deep.getParent() + "'; create it");
        Path belowAFile = Files.createFile(folder.resolve("file")).resolve("out");
        assertRefused(
                belowAFile,
                "'" + belowAFile + "' cannot be written: there is no folder '" + folder.resolve("file")
                        + "'; create it");
    }

    @Test
    void refusesADevice() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device));
        assertRefused(device, "'/dev/null' cannot be written: it is not a regular file; choose another name");
    }

    @Test
    void refusesAFileThatIsProtected() throws IOException {
        Files.writeString(out, "old");
        assumeTrue(out.toFile().setWritable(false));
        assumeFalse(Files.isWritable(out), "root may write everything");
        assertRefused(
                out, "'" + out + "' cannot be written: it is protected; change its permissions or choose another name");
    }

    @Test
    void refusesAFolderThatIsProtected() throws IOException {
        Path protectedFolder = Files.createDirectory(folder.resolve("protected"));
        assumeTrue(protectedFolder.toFile().setWritable(false));
        assumeFalse(Files.isWritable(protectedFolder), "root may write everything");
        Path file = protectedFolder.resolve("out");
        assertRefused(
                file, "'" + file + "' cannot be written: permission denied; check the folder and its permissions");
    }

    @Test
    void refusesWhatTheFormatCannotExpress() {
        assertRefused(
                ParameterLayout.of(TensorSpec.parameter("__metadata__", DType.F32)),
                Map.of(),
                "' cannot be written: the format does not allow a tensor to be named '__metadata__'; rename it");
        assertRefused(
                ParameterLayout.of(TensorSpec.parameter("a\ud800", DType.F32)),
                Map.of(),
                "' cannot be written: the format does not allow a tensor to be named 'a\\ud800'; rename it");
        assertRefused(
                TWO,
                Map.of("k", "\udc00"),
                "' cannot be written: its metadata 'k' have half a surrogate pair; correct them");
        assertRefused(
                TWO,
                Map.of("k", "x".repeat(100_000_000)),
                "' cannot be written: its header would take 100000184 bytes, and 100000000 are the most; write fewer tensors or less metadata");
    }

    @Test
    void followsALink() throws IOException {
        Path real = Files.writeString(folder.resolve("real"), "old");
        Files.createSymbolicLink(out, real);
        write(TWO, Map.of());
        assertThat(out).isSymbolicLink();
        assertThat(Raw.header(real)).contains("\"w\"");
    }

    @Test
    void givesTheFileUsualPermissions() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        write(TWO, Map.of());
        Path usual = Files.createFile(folder.resolve("usual"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(usual)));
    }

    @Test
    void allowsALongName() throws IOException {
        out = folder.resolve("é".repeat(125));
        write(TWO, Map.of());
        assertThat(list()).containsExactly(out);
    }

    @Test
    void leavesNothingBehindWhenTheJvmIsToldToStop() throws Exception {
        Process jvm = ChildJvm.builder(NeverCommits.class, List.of(), out)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = jvm.inputReader()) {
            assertThat(output.readLine()).isEqualTo("writing");
            assertThat(list()).hasSize(1);
            jvm.destroy();
            assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(list()).isEmpty();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Begins a file and waits to be stopped. */
    static final class NeverCommits {
        private NeverCommits() {}

        public static void main(String[] args) throws Exception {
            SafetensorsWriter writer = SafetensorsWriter.create(Path.of(args[0]), TWO, Map.of());
            System.out.println("writing");
            Thread.sleep(60_000);
            writer.close();
        }
    }

    @Test
    void canBeClosedTwice() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.create(out, TWO, Map.of());
        writer.close();
        assertThatCode(writer::close).doesNotThrowAnyException();
        assertThat(list()).isEmpty();
    }

    private void write(ParameterLayout layout, Map<String, String> metadata) throws IOException {
        try (ParameterStore store = random(layout, 12);
                SafetensorsWriter writer = SafetensorsWriter.create(out, layout, metadata)) {
            writer.write(store);
            writer.commit();
        }
    }

    private static ParameterStore random(ParameterLayout layout, long seed) {
        Random random = new Random(seed);
        ParameterStore store = ParameterStore.allocate(layout, Device.cpu());
        for (int i = 0; i < layout.size(); i++) {
            byte[] bytes = new byte[(int) layout.tensor(i).bytes()];
            random.nextBytes(bytes);
            HostStore.of(store).segment(i).copyFrom(MemorySegment.ofArray(bytes));
        }
        return store;
    }

    private void assertHolds(ParameterStore store) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(out)) {
            assertThat(checkpoint.store().layout().size())
                    .isEqualTo(store.layout().size());
            for (TensorSpec tensor : store.layout().tensors()) {
                assertThat(checkpoint
                                .store()
                                .segment(tensor.name())
                                .mismatch(HostStore.of(store).segment(tensor.name())))
                        .isEqualTo(-1);
            }
        }
    }

    private void assertRefused(ParameterLayout layout, Map<String, String> metadata, String end) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SafetensorsWriter.create(out, layout, metadata))
                .withMessage("'" + out + end);
        assertThat(list()).isEmpty();
    }

    private static void assertRefused(Path path, String sentence) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SafetensorsWriter.create(path, TWO, Map.of()))
                .withMessage(sentence);
    }

    private List<Path> list() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
