package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the format that a file can break has its sentence. */
class MalformedFilesTest {
    private static final String F32 = "\"dtype\":\"F32\"";
    private static final String DAMAGED = "; the file is damaged, so save or download it again";

    private static final String FOREIGN =
            "; check that this is the file you meant, and that it was downloaded completely";
    private static final String DTYPES =
            "[BOOL, F4, F6_E2M3, F6_E3M2, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ,"
                    + " I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64]";

    @TempDir
    Path folder;

    static Stream<Arguments> files() {
        return Stream.of(
                arguments(
                        "an empty file", new byte[0], "FILE is not a safetensors file: it has only 0 bytes" + FOREIGN),
                arguments(
                        "a length without a header",
                        Raw.file("", 0),
                        "FILE is not a safetensors file: it has only 8 bytes" + FOREIGN),
                arguments(
                        "text",
                        "This is no checkpoint at all.".getBytes(StandardCharsets.UTF_8),
                        "FILE is not a safetensors file: it announces a header of 2338328219631577172 bytes, and 100000000 are the most"
                                + FOREIGN),
                arguments(
                        "a PyTorch file",
                        new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0, 0},
                        "FILE is not a safetensors file: it announces a header of 578712552184433488 bytes, and 100000000 are the most; it looks like a PyTorch file (.pt, .pth, .bin), which safetensors.torch.save_file converts"),
                arguments(
                        "a pickle",
                        new byte[] {
                            (byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9, 0x20
                        },
                        "FILE is not a safetensors file: it announces a header of 5088219219985302144 bytes, and 100000000 are the most; it looks like a pickled PyTorch file, which safetensors.torch.save_file converts"),
                arguments(
                        "a Git LFS pointer",
                        "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8),
                        "FILE is not a safetensors file: it announces a header of 2336927755350992246 bytes, and 100000000 are the most; it looks like a Git LFS pointer, for which 'git lfs pull' gets the file itself"),
                arguments(
                        "a header length with the highest bit",
                        length(-1, '{'),
                        "FILE is not a safetensors file: it announces a header of 18446744073709551615 bytes, and 100000000 are the most"
                                + FOREIGN),
                arguments(
                        "a header of 100,000,001 bytes",
                        length(100_000_001, '{'),
                        "FILE is not a safetensors file: it announces a header of 100000001 bytes, and 100000000 are the most"
                                + FOREIGN),
                arguments(
                        "a truncated header",
                        length(100, '{'),
                        "FILE is truncated: its header takes 100 bytes, of which the file has only 1; copy or download it again"),
                arguments("a header of no bytes", length(0, '{'), "the header of FILE is not a JSON object" + DAMAGED),
                arguments(
                        "a header that begins with a space",
                        Raw.file(" {}", 0),
                        "FILE is not a safetensors file: its header does not begin with '{'" + FOREIGN),
                arguments(
                        "an array",
                        Raw.file("[]", 0),
                        "FILE is not a safetensors file: its header does not begin with '{'" + FOREIGN),
                arguments(
                        "a byte order mark",
                        Raw.file("\ufeff{}", 0),
                        "FILE is not a safetensors file: its header does not begin with '{'" + FOREIGN),
                arguments(
                        "broken JSON",
                        Raw.file("{\"a\":}", 0),
                        "the header of FILE cannot be parsed as JSON at character 5" + DAMAGED),
                arguments(
                        "JSON that does not end",
                        Raw.file("{\"a\":{", 0),
                        "the header of FILE cannot be parsed as JSON at character 6" + DAMAGED),
                arguments(
                        "two objects",
                        Raw.file("{}{}", 0),
                        "the header of FILE goes on after its JSON object" + DAMAGED),
                arguments(
                        "zeros for padding",
                        Raw.file("{}\0\0\0\0\0\0", 0),
                        "the header of FILE cannot be parsed as JSON at character 2" + DAMAGED),
                arguments(
                        "invalid UTF-8",
                        Raw.file(new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '0', '}'}, new byte[0]),
                        "the header of FILE is not valid UTF-8" + DAMAGED),
                arguments(
                        "half a surrogate pair",
                        Raw.file("{\"\\ud800\":{}}", 0),
                        "the header of FILE cannot be parsed as JSON at character 8" + DAMAGED),
                arguments(
                        "half a surrogate pair in metadata",
                        Raw.file("{\"__metadata__\":{\"k\":\"\\udc00\"}}", 0),
                        "the metadata of FILE has half a surrogate pair in the value for 'k'" + DAMAGED),
                arguments(
                        "deep nesting",
                        Raw.file("{\"a\":" + "[".repeat(100_000) + "}", 0),
                        "tensor 'a' in FILE is not described by a JSON object" + DAMAGED),
                arguments(
                        "deep nesting where anything goes",
                        Raw.file("{\"a\":{\"x\":" + "[".repeat(100_000) + "}}", 0),
                        "the header of FILE cannot be parsed as JSON" + DAMAGED),
                arguments(
                        "a duplicate name",
                        Raw.file("{" + tensor("a", F32, "[]", 0, 4) + "," + tensor("a", F32, "[]", 4, 8) + "}", 8),
                        "the header of FILE has two entries for 'a'" + DAMAGED),
                arguments(
                        "metadata twice",
                        Raw.file("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                        "the header of FILE has two entries for '__metadata__'" + DAMAGED),
                arguments(
                        "metadata that are no object",
                        Raw.file("{\"__metadata__\":\"pt\"}", 0),
                        "the metadata of FILE is not a JSON object" + DAMAGED),
                arguments(
                        "metadata that are no strings",
                        Raw.file("{\"__metadata__\":{\"step\":12}}", 0),
                        "the metadata of FILE has a value for 'step' that is not a string" + DAMAGED),
                arguments(
                        "metadata with a duplicate key",
                        Raw.file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}", 0),
                        "the metadata of FILE has two values for 'k'" + DAMAGED),
                arguments(
                        "a tensor that is no object",
                        Raw.file("{\"a\":null}", 0),
                        "tensor 'a' in FILE is not described by a JSON object" + DAMAGED),
                arguments(
                        "an unknown dtype",
                        one("\"dtype\":\"F7\"", "[]", 0, 4, 4),
                        "tensor 'a' in FILE has the unknown dtype 'F7'; convert it to one of " + DTYPES),
                arguments(
                        "a dtype in lower case",
                        one("\"dtype\":\"f32\"", "[]", 0, 4, 4),
                        "tensor 'a' in FILE has the unknown dtype 'f32'; convert it to one of " + DTYPES),
                arguments(
                        "a dtype that is no string",
                        one("\"dtype\":32", "[]", 0, 4, 4),
                        "tensor 'a' in FILE has a dtype that is not a string" + DAMAGED),
                arguments("no dtype", one("\"other\":0", "[]", 0, 4, 4), "tensor 'a' in FILE has no dtype" + DAMAGED),
                arguments(
                        "no shape",
                        Raw.file("{\"a\":{" + F32 + ",\"data_offsets\":[0,4]}}", 4),
                        "tensor 'a' in FILE has no shape" + DAMAGED),
                arguments(
                        "no offsets",
                        Raw.file("{\"a\":{" + F32 + ",\"shape\":[1]}}", 4),
                        "tensor 'a' in FILE has no data_offsets" + DAMAGED),
                arguments(
                        "a field twice",
                        one(F32 + "," + F32, "[]", 0, 4, 4),
                        "tensor 'a' in FILE has two values for dtype" + DAMAGED),
                arguments(
                        "a shape that is no array",
                        one(F32, "1", 0, 4, 4),
                        "tensor 'a' in FILE has a shape that is not an array" + DAMAGED),
                arguments(
                        "a negative size",
                        one(F32, "[-1]", 0, 4, 4),
                        "tensor 'a' in FILE has a shape with the element '-1', which is negative or too large"
                                + DAMAGED),
                arguments(
                        "a size beyond 64 bits",
                        one(F32, "[99999999999999999999]", 0, 4, 4),
                        "tensor 'a' in FILE has a shape with the element '99999999999999999999', which is negative or too large"
                                + DAMAGED),
                arguments(
                        "a fractional size",
                        one(F32, "[1.0]", 0, 4, 4),
                        "tensor 'a' in FILE has a shape with an element that is not an integer" + DAMAGED),
                arguments(
                        "a size that is no number",
                        one(F32, "[\"1\"]", 0, 4, 4),
                        "tensor 'a' in FILE has a shape with an element that is not an integer" + DAMAGED),
                arguments(
                        "a shape whose product overflows",
                        one(F32, "[4294967296,4294967296]", 0, 0, 0),
                        "tensor 'a' in FILE has shape [4294967296, 4294967296] of F32, which is more than memory can hold or no whole number of bytes"
                                + DAMAGED),
                arguments(
                        "a shape whose bytes overflow",
                        one(F32, "[4611686018427387904]", 0, 0, 0),
                        "tensor 'a' in FILE has shape [4611686018427387904] of F32, which is more than memory can hold or no whole number of bytes"
                                + DAMAGED),
                arguments(
                        "half a byte",
                        one("\"dtype\":\"F4\"", "[3]", 0, 2, 2),
                        "tensor 'a' in FILE has shape [3] of F4, which is more than memory can hold or no whole number of bytes"
                                + DAMAGED),
                arguments(
                        "a shape that does not match its bytes",
                        one(F32, "[2,3]", 0, 20, 20),
                        "tensor 'a' in FILE has dtype F32 and shape [2, 3], which take 24 bytes, but its data_offsets [0, 20] span 20"
                                + DAMAGED),
                arguments(
                        "one offset",
                        Raw.file("{\"a\":{" + F32 + ",\"shape\":[1],\"data_offsets\":[0]}}", 4),
                        "tensor 'a' in FILE has data_offsets [0], which are no beginning and end" + DAMAGED),
                arguments(
                        "an end before the beginning",
                        one(F32, "[1]", 4, 0, 4),
                        "tensor 'a' in FILE has data_offsets [4, 0], which are no beginning and end" + DAMAGED),
                arguments(
                        "a hole at the beginning",
                        one(F32, "[1]", 4, 8, 8),
                        "tensor 'a' in FILE begins at byte 4 of the data, but the tensors before it end at byte 0"
                                + DAMAGED),
                arguments(
                        "a hole",
                        two(0, 4, 8, 12, 12),
                        "tensor 'b' in FILE begins at byte 8 of the data, but the tensors before it end at byte 4"
                                + DAMAGED),
                arguments(
                        "an overlap",
                        two(0, 4, 2, 6, 6),
                        "tensor 'b' in FILE begins at byte 2 of the data, but the tensors before it end at byte 4"
                                + DAMAGED),
                arguments(
                        "the same data twice",
                        two(0, 4, 0, 4, 4),
                        "tensor 'b' in FILE begins at byte 0 of the data, but the tensors before it end at byte 4"
                                + DAMAGED),
                arguments(
                        "an empty tensor within another",
                        Raw.file("{" + tensor("a", F32, "[2]", 0, 8) + "," + tensor("b", F32, "[0]", 4, 4) + "}", 8),
                        "tensor 'b' in FILE begins at byte 4 of the data, but the tensors before it end at byte 8"
                                + DAMAGED),
                arguments(
                        "truncated data",
                        two(0, 4, 4, 8, 7),
                        "FILE is truncated: tensor 'b' ends at byte 8 of the data, of which the file has only 7; copy or download it again"),
                arguments(
                        "trailing data", two(0, 4, 4, 8, 9), "FILE goes on for 1 byte after its last tensor" + DAMAGED),
                arguments(
                        "data without a tensor",
                        Raw.file("{}", 3),
                        "FILE goes on for 3 bytes after its last tensor" + DAMAGED),
                arguments(
                        "a name to mislead a terminal",
                        Raw.file("{\"a\\n\\u001b[2J\":0}", 0),
                        "tensor 'a\\u000a\\u001b[2J' in FILE is not described by a JSON object" + DAMAGED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void areRefusedInOneSentence(String what, byte[] bytes, String sentence) throws IOException {
        Path file = Files.write(folder.resolve("bad.safetensors"), bytes);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(file))
                .withMessage(sentence.replace("FILE", "'" + file + "'"));
    }

    @Test
    void aHeaderOfMoreThan100MegabytesIsNotReadAtAll() throws IOException {
        Path file = Files.write(folder.resolve("bad.safetensors"), length(100_000_001, '{'));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 200_000_000); // sparse
        }
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(file))
                .withMessageContaining("announces a header of 100000001 bytes, and 100000000 are the most");
    }

    @Test
    void aHeaderOfSpacesUpTo100MegabytesIsRead() throws IOException {
        byte[] header = new byte[100_000_000];
        Arrays.fill(header, (byte) ' ');
        header[0] = '{';
        header[1] = '}';
        Path file = Files.write(folder.resolve("long.safetensors"), Raw.file(header, new byte[0]));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.store().layout().size()).isZero();
        }
    }

    @Test
    void aLongNameIsCutInTheSentence() throws IOException {
        Path file =
                Files.write(folder.resolve("bad.safetensors"), Raw.file("{\"" + "n".repeat(1_000_000) + "\":0}", 0));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(file))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains("n".repeat(200) + "…'")
                        .hasSizeLessThan(1000));
    }

    @Test
    void whatTheReferenceAcceptsIsAccepted() throws IOException {
        String unknownField =
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1],\"more\":{\"x\":[1]}},\"__metadata__\":null}\n\t ";
        Path file = Files.write(folder.resolve("odd.safetensors"), Raw.file(unknownField, 1));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.store().layout().tensors()).hasSize(1);
            assertThat(checkpoint.metadata()).isEmpty();
        }
    }

    private static byte[] length(long headerBytes, char first) {
        return ByteBuffer.allocate(9)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .put((byte) first)
                .array();
    }

    private static byte[] one(String dtype, String shape, long begin, long end, int dataBytes) {
        return Raw.file("{" + tensor("a", dtype, shape, begin, end) + "}", dataBytes);
    }

    private static byte[] two(long begin1, long end1, long begin2, long end2, int dataBytes) {
        return Raw.file(
                "{" + tensor("a", F32, "[1]", begin1, end1) + "," + tensor("b", F32, "[1]", begin2, end2) + "}",
                dataBytes);
    }

    private static String tensor(String name, String dtype, String shape, long begin, long end) {
        return "\"" + name + "\":{" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":[" + begin + "," + end + "]}";
    }
}
