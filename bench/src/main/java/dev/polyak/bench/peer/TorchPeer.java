package dev.polyak.bench.peer;

import dev.polyak.bench.work.Tensors;
import dev.polyak.gpucheck.base.Child;
import dev.polyak.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** PyTorch on the CPU, in a Python of its own, which does and times what it is told. For one thread. */
public final class TorchPeer implements AutoCloseable {
    /** The property that names the Python, if it is not {@code python3}. */
    public static final String PROPERTY = "polyak.bench.python";

    private final Child python;
    private final String version;

    private TorchPeer(Child python, String version) {
        this.python = python;
        this.version = version;
    }

    /**
     * Starts Python.
     *
     * @return the peer, ready
     * @throws IOException if there is no Python, or it has no PyTorch or no safetensors: the message says which
     */
    public static TorchPeer start() throws IOException {
        Child python = Child.start(interpreter(), List.of(interpreter(), "-c", script("peer.py")));
        try {
            return new TorchPeer(python, python.answer());
        } catch (IOException e) {
            python.close();
            throw e;
        }
    }

    /** The Python that has PyTorch. */
    static String interpreter() {
        return System.getProperty(PROPERTY, "python3");
    }

    /** A script that is a resource. */
    static String script(String name) throws IOException {
        try (InputStream text = Objects.requireNonNull(TorchPeer.class.getResourceAsStream(name))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** PyTorch's version. */
    public String version() {
        return version;
    }

    /** How many threads it uses from now on. */
    public void threads(int threads) throws IOException {
        ask("threads", threads);
    }

    /**
     * Makes an average in binary32 of a model, which the next laps update.
     *
     * @param formula how they update it
     * @param source the model's type
     * @param tensors the model
     * @throws IOException if memory does not suffice
     */
    public void make(Formula formula, DType source, Tensors tensors) throws IOException {
        ask("make", formula.function(), dtype(source), sizes(tensors));
    }

    /** Makes the next laps load safetensors files one by one, and average them in binary32. */
    public void makeFold(List<Path> files) throws IOException {
        List<Object> fields = new ArrayList<>(List.of("fold"));
        fields.addAll(files);
        ask(fields.toArray());
    }

    /**
     * Updates numbers of its own choice once.
     *
     * @param file where the model, the average before and the average after are written, their elements as they are in
     *     memory
     * @throws IOException if the file cannot be written
     */
    void example(Formula formula, DType source, Tensors tensors, Path file) throws IOException {
        ask("check", formula.function(), dtype(source), sizes(tensors), file);
    }

    /** Does what was made last, once: milliseconds by Python's clock. */
    public double millis() throws IOException {
        return Long.parseLong(ask("lap")) / 1e6;
    }

    private String ask(Object... fields) throws IOException {
        return python.ask(List.of(fields).stream().map(Object::toString).collect(Collectors.joining("\t")));
    }

    private static String sizes(Tensors tensors) {
        return tensors.sizes().stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static String dtype(DType type) {
        return switch (type) {
            case F32 -> "float32";
            case BF16 -> "bfloat16";
            case F16 -> "float16";
            default -> throw new IllegalArgumentException("PyTorch is not measured with " + type);
        };
    }

    @Override
    public void close() {
        python.close();
    }
}
