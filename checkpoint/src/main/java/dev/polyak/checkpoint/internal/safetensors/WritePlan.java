package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * Where everything goes in a safetensors file.
 *
 * <p>Tensors are in the reference implementation's order: by element type, the widest first, so that each is aligned to
 * its elements; then by name. The header is padded with spaces so that the data begin at a multiple of
 * {@link #ALIGNMENT} bytes. Tied tensors are written under each of their names, as the format knows no sharing.
 */
public final class WritePlan {
    /** A cache line, and the widest vector. */
    private static final int ALIGNMENT = 64;

    private final byte[] json;
    private final int dataStart;
    private final long[] begins;
    private final long dataBytes;

    private WritePlan(ParameterLayout layout, Map<String, String> metadata) {
        // The reference implementation compares names as bytes; Java's strings would order some characters differently.
        List<Integer> order = IntStream.range(0, layout.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> layout.tensor(i).dtype())
                        .reversed()
                        .thenComparing(i -> utf8(layout.tensor(i).name()), Arrays::compareUnsigned))
                .toList();
        begins = new long[layout.size()];
        long end = 0;
        for (int i : order) {
            begins[i] = end;
            end = Math.addExact(end, layout.tensor(i).bytes());
        }
        dataBytes = end;
        json = utf8(json(layout, metadata, order));
        dataStart = Math.ceilDiv(Long.BYTES + json.length, ALIGNMENT) * ALIGNMENT;
    }

    /**
     * Plans a file.
     *
     * @param file the file, for messages
     * @param layout its tensors
     * @param metadata strings to add, written in the map's order
     * @return the plan
     * @throws CheckpointException if the format cannot express a name or string, or the header would be too long
     */
    public static WritePlan of(Path file, ParameterLayout layout, Map<String, String> metadata)
            throws CheckpointException {
        for (TensorSpec tensor : layout.tensors()) {
            if (tensor.name().equals(HeaderParser.METADATA) || !Json.isUnicode(tensor.name())) {
                throw new CheckpointException(
                        quote(file) + " cannot be written: the format does not allow a tensor to be named "
                                + quote(tensor.name()) + "; rename it");
            }
        }
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            if (!Json.isUnicode(entry.getKey()) || !Json.isUnicode(entry.getValue())) {
                throw new CheckpointException(quote(file) + " cannot be written: its metadata " + quote(entry.getKey())
                        + " have half a surrogate pair; correct them");
            }
        }
        WritePlan plan = new WritePlan(layout, metadata);
        if (plan.headerBytes() > Json.LARGEST_HEADER) {
            throw new CheckpointException(
                    quote(file) + " cannot be written: its header would take " + plan.headerBytes() + " bytes, and "
                            + Json.LARGEST_HEADER + " are the most; write fewer tensors or less metadata");
        }
        return plan;
    }

    /** The beginning of the file: everything before the data. */
    public ByteBuffer header() {
        byte[] header = new byte[dataStart];
        Arrays.fill(header, (byte) ' ');
        return ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes())
                .put(json)
                .rewind();
    }

    /** Where a tensor begins, in bytes from the beginning of the file. */
    public long begin(int tensor) {
        return dataStart + begins[tensor];
    }

    /** Bytes of the whole file. */
    public long size() {
        return dataStart + dataBytes;
    }

    private int headerBytes() {
        return dataStart - Long.BYTES;
    }

    private String json(ParameterLayout layout, Map<String, String> metadata, List<Integer> order) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart(HeaderParser.METADATA);
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            for (int i : order) {
                TensorSpec tensor = layout.tensor(i);
                json.writeObjectPropertyStart(tensor.name());
                json.writeStringProperty("dtype", tensor.dtype().name());
                array(json, "shape", tensor.shape().stream());
                array(json, "data_offsets", Stream.of(begins[i], begins[i] + tensor.bytes()));
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void array(JsonGenerator json, String name, Stream<Long> numbers) {
        json.writeArrayPropertyStart(name);
        numbers.forEach(json::writeNumber);
        json.writeEndArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
