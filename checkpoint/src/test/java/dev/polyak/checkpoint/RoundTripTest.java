package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.internal.safetensors.WritePlan;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

@Domain(Layouts.class)
@Domain(DomainContext.Global.class)
class RoundTripTest {
    private static Path folder;

    @BeforeContainer
    static void makeAFolder() throws IOException {
        folder = Files.createTempDirectory("polyak-round-trip");
    }

    @AfterContainer
    static void deleteTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Property(tries = 300)
    void whatIsSavedIsOpened(@ForAll ParameterLayout layout, @ForAll Map<String, String> metadata, @ForAll long seed)
            throws IOException {
        Path file = folder.resolve("round-trip.safetensors");
        try (ParameterStore store = Layouts.filled(layout, new Random(seed))) {
            Checkpoint.save(file, store, metadata);
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                Map<String, String> expected = new HashMap<>(metadata);
                expected.putIfAbsent("format", "pt");
                expected.put("polyak.buffers", RecordedBuffers.record(layout));
                assertThat(checkpoint.metadata()).isEqualTo(expected);
                assertThat(checkpoint.store().layout().tensors()).containsExactlyInAnyOrderElementsOf(layout.tensors());
                for (TensorSpec tensor : layout.tensors()) {
                    assertThat(checkpoint
                                    .store()
                                    .segment(tensor.name())
                                    .mismatch(HostStore.of(store).segment(tensor.name())))
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Property(tries = 1000)
    void aCorruptedFileIsRefusedOrStillACheckpoint(
            @ForAll ParameterLayout layout, @ForAll Map<String, String> metadata, @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        Path file = folder.resolve("corrupted.safetensors");
        try (ParameterStore store = Layouts.filled(layout, random)) {
            Checkpoint.save(file, store, metadata);
        }
        Files.write(file, corrupted(Files.readAllBytes(file), random));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            ParameterLayout read = checkpoint.store().layout();
            for (int i = 0; i < read.size(); i++) {
                MemorySegment segment = checkpoint.store().segment(i);
                assertThat(segment.byteSize()).isEqualTo(read.tensor(i).bytes());
                assertThatCode(() -> segment.toArray(ValueLayout.JAVA_BYTE)).doesNotThrowAnyException();
            }
        } catch (CheckpointException e) {
            assertThat(e).message().contains(file.toString()).hasLineCount(1);
        }
    }

    @Property(tries = 300)
    void whereverWritingFailsNothingIsLeftBehind(
            @ForAll ParameterLayout layout, @ForAll Map<String, String> metadata, @ForAll long seed)
            throws IOException {
        Path target = folder.resolve("target.safetensors");
        byte[] old = {1, 2, 3};
        Files.write(target, old);
        Random random = new Random(seed);
        long size = WritePlan.of(target, layout, metadata).size();
        long room = random.nextLong(size + 1);
        boolean failsAtLast = room == size;
        try (ParameterStore store = Layouts.filled(layout, random);
                SafetensorsWriter writer = SafetensorsWriter.create(
                        target, layout, metadata, failsAtLast ? FailingChannel.losing() : FailingChannel.full(room))) {
            writer.write(store);
            writer.commit();
            throw new AssertionError("there was room for " + room + " bytes of " + size);
        } catch (CheckpointException e) {
            assertThat(e).message().contains(target.toString()).hasLineCount(1);
        }
        assertThat(target).hasBinaryContent(old);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().contains("polyak-tmp")))
                    .isEmpty();
        }
    }

    /** A few bytes changed, put in, taken out, or the end cut off; mostly in the header. */
    private static byte[] corrupted(byte[] file, Random random) {
        byte[] bytes = file;
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
            int header = (int) Math.min(bytes.length, Long.BYTES + Raw.headerBytes(file));
            int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : header);
            bytes = switch (random.nextInt(6)) {
                case 0 -> splice(bytes, at, 1, 0, random);
                case 1 -> splice(bytes, at, 0, 1, random);
                case 2 -> splice(bytes, at, bytes.length - at, 0, random);
                default -> splice(bytes, at, 1, 1, random);
            };
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int out, int in, Random random) {
        String likely = "0123456789{}[],:\"\\-e.nulltrue \u0000\u00ff";
        byte[] spliced = new byte[bytes.length - out + in];
        System.arraycopy(bytes, 0, spliced, 0, at);
        for (int i = 0; i < in; i++) {
            spliced[at + i] = (byte) likely.charAt(random.nextInt(likely.length()));
        }
        System.arraycopy(bytes, at + out, spliced, at + in, bytes.length - at - out);
        return spliced;
    }
}
