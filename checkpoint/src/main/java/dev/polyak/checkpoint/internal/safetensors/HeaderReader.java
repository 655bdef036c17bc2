package dev.polyak.checkpoint.internal.safetensors;

import static dev.polyak.checkpoint.internal.Text.quote;

import dev.polyak.checkpoint.CheckpointException;
import dev.polyak.checkpoint.internal.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads what a safetensors file contains: eight bytes with the header's length (unsigned, little-endian), the header in
 * JSON, the data. The tensors must cover the data without holes and without overlap.
 */
final class HeaderReader {
    private static final int LENGTH_BYTES = Long.BYTES;

    private HeaderReader() {}

    /**
     * Reads the header.
     *
     * @param file where the channel leads, for messages
     * @param channel the file; its position does not matter and does not move
     * @param size size of the file in bytes
     * @return the contents, every tensor within the file
     * @throws CheckpointException if the file is not as the format demands
     * @throws IOException if the file cannot be read
     */
    static FileContents read(Path file, FileChannel channel, long size) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
        ChannelInput.readFully(channel, start, 0);
        if (start.position() <= LENGTH_BYTES) {
            throw foreign(file, start, "it has only " + Text.bytes(size));
        }
        long headerBytes = start.getLong(0);
        if (headerBytes < 0 || headerBytes > Json.LARGEST_HEADER) {
            throw foreign(
                    file,
                    start,
                    "it announces a header of " + Long.toUnsignedString(headerBytes) + " bytes, and "
                            + Json.LARGEST_HEADER + " are the most");
        }
        if (start.get(LENGTH_BYTES) != '{') {
            throw foreign(file, start, "its header does not begin with '{'");
        }
        long dataStart = LENGTH_BYTES + headerBytes;
        if (dataStart > size) {
            throw truncated(file, "its header takes " + headerBytes + " bytes", size - LENGTH_BYTES);
        }
        FileContents header = HeaderParser.parse(file, new ChannelInput(channel, LENGTH_BYTES, dataStart));
        return new FileContents(header.metadata(), placed(file, header.tensors(), dataStart, size));
    }

    private static List<StoredTensor> placed(Path file, List<StoredTensor> tensors, long dataStart, long size)
            throws CheckpointException {
        List<StoredTensor> inOrder = new ArrayList<>(tensors);
        inOrder.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::end));
        long end = 0;
        for (StoredTensor tensor : inOrder) {
            if (tensor.begin() != end) {
                throw Text.damaged("tensor " + quote(tensor.spec().name()) + " in " + quote(file) + " begins at byte "
                        + tensor.begin() + " of the data, but the tensors before it end at byte " + end);
            }
            end = tensor.end();
        }
        long there = size - dataStart;
        for (StoredTensor tensor : inOrder) {
            if (tensor.end() > there) {
                throw truncated(
                        file,
                        "tensor " + quote(tensor.spec().name()) + " ends at byte " + tensor.end() + " of the data",
                        there);
            }
        }
        if (end < there) {
            throw Text.damaged(quote(file) + " goes on for " + Text.bytes(there - end) + " after its last tensor");
        }
        return inOrder.stream().map(tensor -> tensor.shifted(dataStart)).toList();
    }

    private static CheckpointException truncated(Path file, String needed, long there) {
        return new CheckpointException(quote(file) + " is truncated: " + needed + ", of which the file has only "
                + there + "; copy or download it again");
    }

    private static CheckpointException foreign(Path file, ByteBuffer start, String why) {
        String advice = ForeignFormat.of(
                        StandardCharsets.ISO_8859_1.decode(start.flip()).toString())
                .map(format -> "it looks like " + format.description())
                .orElse("check that this is the file you meant, and that it was downloaded completely");
        return new CheckpointException(quote(file) + " is not a safetensors file: " + why + "; " + advice);
    }
}
