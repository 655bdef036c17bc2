package dev.polyak.checkpoint;

import dev.polyak.checkpoint.internal.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * A file on a disk that has room for so many bytes; a write that finds too little room writes what fits, as real ones
 * do.
 */
final class FailingChannel extends FileChannel {
    private final FileChannel file;
    private final boolean failsToForce;
    private long room;

    FailingChannel(FileChannel file, long room, boolean failsToForce) {
        this.file = file;
        this.room = room;
        this.failsToForce = failsToForce;
    }

    static AtomicFile.Opener full(long room) {
        return path -> new FailingChannel(AtomicFile.ON_DISK.open(path), room, false);
    }

    /** A disk that notices only at last that it has lost what was written. */
    static AtomicFile.Opener losing() {
        return path -> new FailingChannel(AtomicFile.ON_DISK.open(path), Long.MAX_VALUE, true);
    }

    static AtomicFile.Opener absent(IOException failure) {
        return (Path path) -> {
            throw failure;
        };
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
        if (room == 0) {
            throw new IOException("No space left on device");
        }
        ByteBuffer fitting = bytes.slice(bytes.position(), (int) Math.min(room, bytes.remaining()));
        int count = file.write(fitting, position);
        bytes.position(bytes.position() + count);
        room -= count;
        return count;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        if (failsToForce) {
            throw new IOException("Input/output error");
        }
        file.force(metaData);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }

    @Override
    public int read(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer into, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
