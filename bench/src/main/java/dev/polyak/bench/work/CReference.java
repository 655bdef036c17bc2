package dev.polyak.bench.work;

import dev.polyak.tensor.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The loops of {@code reference.c} and {@code streams.c}, built by this machine's gcc for this machine's processor,
 * called on the very segments of the library.
 */
@SuppressWarnings("restricted") // native code is what it is for
public final class CReference {
    private static final List<String> FLAGS =
            List.of("-std=c17", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC");
    private static final String COMPILER = "gcc";
    private static final List<String> SOURCES = List.of("reference.c", "streams.c");

    private static final class Holder {
        static final Optional<CReference> BUILT = isThere() ? Optional.of(build()) : Optional.empty();
    }

    private final MethodHandle f32;
    private final MethodHandle bf16;
    private final MethodHandle f16;
    private final MethodHandle copy;
    private final MethodHandle triad;
    private final MethodHandle triadInPlace;
    private final MethodHandle read;

    private CReference(SymbolLookup library) {
        FunctionDescriptor lerp = FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT);
        f32 = function(library, "polyak_lerp_f32", lerp);
        bf16 = function(library, "polyak_lerp_bf16", lerp);
        f16 = function(library, "polyak_lerp_f16", lerp);
        FunctionDescriptor stream =
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        copy = function(library, "polyak_copy", stream);
        triad = function(library, "polyak_triad", stream);
        triadInPlace = function(library, "polyak_triad_in_place", stream);
        read = function(library, "polyak_read", stream);
    }

    /**
     * The reference of this JVM, built when first asked for; empty if there is no gcc.
     *
     * @throws IllegalStateException if gcc does not compile it; the message says why
     */
    public static Optional<CReference> find() {
        return Holder.BUILT;
    }

    /** What builds it, and with which flags. */
    public static String compiler() {
        try {
            return firstLine(List.of(COMPILER, "--version")) + ", " + String.join(" ", FLAGS);
        } catch (IOException e) {
            return "no " + COMPILER;
        }
    }

    /** Whether it has a loop for sources of a type. */
    static boolean has(Pairing types) {
        return types.kept() == DType.F32;
    }

    /** average[i] ← fma(source[i] − average[i], weight, average[i]), the average in F32. */
    void lerp(DType sourceType, MemorySegment average, MemorySegment source, float weight, long elements, int threads) {
        MethodHandle function = switch (sourceType) {
            case F32 -> f32;
            case BF16 -> bf16;
            case F16 -> f16;
            default -> throw new IllegalArgumentException("the C reference has no loop for " + sourceType);
        };
        try {
            function.invokeExact(average, source, weight, elements, threads);
        } catch (Throwable e) {
            throw unable(e);
        }
    }

    /** Copies the first half of some floats to the second. */
    void copy(MemorySegment all, int threads) {
        stream(copy, all, threads);
    }

    /** a ← b + s · c, for the thirds of some floats. */
    void triad(MemorySegment all, int threads) {
        stream(triad, all, threads);
    }

    /** a ← a + s · b, for the halves of some floats: a triad that writes where it read. */
    void triadInPlace(MemorySegment all, int threads) {
        stream(triadInPlace, all, threads);
    }

    /** Reads some floats. */
    void read(MemorySegment all, int threads) {
        stream(read, all, threads);
    }

    private static void stream(MethodHandle function, MemorySegment all, int threads) {
        try {
            function.invokeExact(all, all.byteSize() / Float.BYTES, threads);
        } catch (Throwable e) {
            throw unable(e);
        }
    }

    private static LinkageError unable(Throwable e) {
        return new LinkageError("the C reference cannot be called", e);
    }

    private static boolean isThere() {
        try {
            firstLine(List.of(COMPILER, "--version"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Builds the library in a temporary folder, which is gone when this returns, and loads it for good. */
    private static CReference build() {
        try {
            Path folder = Files.createTempDirectory("polyak-reference");
            Path library = folder.resolve("libreference.so");
            List<Path> sources = new ArrayList<>();
            try {
                for (String name : SOURCES) {
                    Path source = folder.resolve(name);
                    sources.add(source);
                    try (InputStream text = Objects.requireNonNull(CReference.class.getResourceAsStream(name))) {
                        Files.copy(text, source);
                    }
                }
                compile(sources, library);
                return new CReference(SymbolLookup.libraryLookup(library, Arena.global()));
            } finally {
                Files.deleteIfExists(library);
                for (Path source : sources) {
                    Files.deleteIfExists(source);
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder to build the C reference in", e);
        }
    }

    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), signature);
    }

    private static void compile(List<Path> sources, Path library) throws IOException {
        List<String> command = new ArrayList<>(List.of(COMPILER));
        command.addAll(FLAGS);
        command.addAll(List.of("-o", library.toString()));
        sources.forEach(source -> command.add(source.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "the C reference cannot be built by '" + String.join(" ", command) + "':\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the C reference was built", e);
        }
    }

    private static String firstLine(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader reader = process.inputReader()) {
            return Objects.requireNonNullElse(reader.readLine(), "");
        }
    }
}
