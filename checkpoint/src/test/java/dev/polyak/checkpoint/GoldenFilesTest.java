package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file that the reference implementation wrote, or reads, is read as it says. */
class GoldenFilesTest {
    @TempDir
    Path folder;

    static Stream<Golden> files() {
        return Golden.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void isReadAsItsIndexSays(Golden file) throws IOException {
        assertThat(Files.size(file.path())).isEqualTo(file.number("bytes"));
        try (Checkpoint checkpoint = Checkpoint.open(file.path())) {
            ParameterStore store = checkpoint.store();
            assertThat(checkpoint.metadata()).isEqualTo(file.object("metadata"));
            assertThat(store.layout().tensors().stream().map(TensorSpec::name))
                    .containsExactlyInAnyOrderElementsOf(file.object("tensors").keySet());
            file.object("tensors").forEach((name, tensor) -> check(store, name, Golden.object(tensor)));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasItsTensorsInTheOrderOfTheirData(Golden file) throws IOException {
        long dataStart = Long.BYTES + file.number("header_bytes");
        try (Checkpoint checkpoint = Checkpoint.open(file.path())) {
            List<List<Long>> offsets = new ArrayList<>();
            for (TensorSpec tensor : checkpoint.store().layout().tensors()) {
                offsets.add(longs(
                        Golden.object(file.object("tensors").get(tensor.name())).get("data_offsets")));
            }
            assertThat(offsets).isSortedAccordingTo((a, b) -> Long.compare(a.get(0), b.get(0)));
            if (!offsets.isEmpty()) {
                assertThat(dataStart + offsets.get(offsets.size() - 1).get(1)).isEqualTo(Files.size(file.path()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isWrittenAsTheReferenceWritesIt(Golden file) throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(file.path())) {
            try (SafetensorsWriter writer =
                    SafetensorsWriter.create(copy, checkpoint.store().layout(), checkpoint.metadata())) {
                writer.write(checkpoint.store());
                writer.commit();
            }
        }
        byte[] bytes = Files.readAllBytes(copy);
        assertThat((Long.BYTES + Raw.headerBytes(bytes)) % 64).isZero();
        if (file.description().get("written_by").toString().startsWith("safetensors")) {
            assertThat(Raw.header(copy)).isEqualTo(Raw.header(file.path()));
            assertThat(Raw.data(copy)).isEqualTo(Raw.data(file.path()));
        }
        try (Checkpoint before = Checkpoint.open(file.path());
                Checkpoint after = Checkpoint.open(copy)) {
            assertThat(after.metadata()).isEqualTo(before.metadata());
            assertThat(after.store().layout().tensors())
                    .containsExactlyInAnyOrderElementsOf(before.store().layout().tensors());
            for (TensorSpec tensor : before.store().layout().tensors()) {
                assertThat(after.store()
                                .segment(tensor.name())
                                .mismatch(before.store().segment(tensor.name())))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void areAllThere() {
        assertThat(files()).hasSizeGreaterThan(20);
    }

    private static void check(ParameterStore store, String name, Map<String, Object> expected) {
        TensorSpec tensor = store.layout().tensor(store.layout().indexOf(name));
        MemorySegment segment = HostStore.of(store).segment(name);
        List<Long> offsets = longs(expected.get("data_offsets"));
        assertThat(tensor.dtype().name()).isEqualTo(expected.get("dtype"));
        assertThat(tensor.shape()).isEqualTo(longs(expected.get("shape")));
        assertThat(segment.byteSize()).isEqualTo(offsets.get(1) - offsets.get(0));
        assertThat(segment.isReadOnly()).isTrue();
        assertThat(sha256(segment)).isEqualTo(expected.get("sha256"));
        if (expected.get("values") instanceof List<?> values
                && (tensor.dtype().isFloat() || tensor.dtype().isInteger())) {
            for (int i = 0; i < values.size(); i++) {
                assertThat(value(tensor.dtype(), segment, i)).isEqualTo(parse(tensor.dtype(), (String) values.get(i)));
            }
        }
    }

    private static Object value(DType dtype, MemorySegment segment, long i) {
        ValueLayout.OfShort shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        ValueLayout.OfInt ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        ValueLayout.OfLong longs = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        return switch (dtype) {
            case F64 -> Double.longBitsToDouble(segment.get(longs, i * 8));
            case F32 -> (double) Float.intBitsToFloat(segment.get(ints, i * 4));
            case F16 -> (double) Float.float16ToFloat(segment.get(shorts, i * 2));
            case BF16 -> (double) Float.intBitsToFloat(segment.get(shorts, i * 2) << 16);
            case I64, U64 -> segment.get(longs, i * 8);
            case I32 -> (long) segment.get(ints, i * 4);
            case U32 -> Integer.toUnsignedLong(segment.get(ints, i * 4));
            case I16 -> (long) segment.get(shorts, i * 2);
            case U16 -> Short.toUnsignedLong(segment.get(shorts, i * 2));
            case I8 -> (long) segment.get(ValueLayout.JAVA_BYTE, i);
            case U8, BOOL -> Byte.toUnsignedLong(segment.get(ValueLayout.JAVA_BYTE, i));
            default -> throw new AssertionError(dtype);
        };
    }

    private static Object parse(DType dtype, String text) {
        if (dtype == DType.U64) {
            return Long.parseUnsignedLong(text);
        }
        if (!dtype.isFloat()) {
            return Long.parseLong(text);
        }
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static String sha256(MemorySegment segment) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(segment.toArray(ValueLayout.JAVA_BYTE)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> longs(Object list) {
        return ((List<?>) list)
                .stream().map(number -> ((Number) number).longValue()).toList();
    }
}
