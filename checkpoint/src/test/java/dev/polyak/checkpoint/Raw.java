package dev.polyak.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Safetensors files written byte by byte, wrong ones too. */
final class Raw {
    private Raw() {}

    static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8), new byte[dataBytes]);
    }

    static byte[] file(byte[] header, byte[] data) {
        return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    /** A header without its padding. */
    static String header(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) headerBytes(bytes);
        return new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8).stripTrailing();
    }

    static long headerBytes(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    static byte[] data(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return Arrays.copyOfRange(bytes, (int) (Long.BYTES + headerBytes(bytes)), bytes.length);
    }
}
