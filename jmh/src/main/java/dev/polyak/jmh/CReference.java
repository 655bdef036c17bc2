package dev.polyak.jmh;

import dev.polyak.DType;
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

/**
 * The loops of {@code reference.c}, built by this machine's gcc for this machine's processor, called on the very
 * segments of the library.
 */
@SuppressWarnings("restricted") // native code is what it is for
final class CReference {
    private static final List<String> FLAGS =
            List.of("-std=c17", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC");
    private static final String COMPILER = "gcc";
    private static final String SOURCE = "reference.c";

    private final MethodHandle f32;
    private final MethodHandle bf16;
    private final MethodHandle f16;

    private CReference(SymbolLookup library) {
        f32 = function(library, "polyak_lerp_f32");
        bf16 = function(library, "polyak_lerp_bf16");
        f16 = function(library, "polyak_lerp_f16");
    }

    /**
     * Builds the library in a temporary folder, which is gone when this returns, and loads it for good.
     *
     * @throws IllegalStateException if there is no gcc, or it does not compile; the message says so
     */
    static CReference build() {
        try {
            Path folder = Files.createTempDirectory("polyak-reference");
            Path source = folder.resolve(SOURCE);
            Path library = folder.resolve("libreference.so");
            try (InputStream text = Objects.requireNonNull(CReference.class.getResourceAsStream(SOURCE))) {
                Files.copy(text, source);
                compile(source, library);
                return new CReference(SymbolLookup.libraryLookup(library, Arena.global()));
            } finally {
                Files.deleteIfExists(library);
                Files.deleteIfExists(source);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the C reference cannot be written to the temporary folder", e);
        }
    }

    /** The compiler and its flags, for the record; empty words if there is none. */
    static String compiler() {
        try {
            return firstLine(List.of(COMPILER, "--version")) + ", " + String.join(" ", FLAGS);
        } catch (IOException e) {
            return "no " + COMPILER;
        }
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
            throw new LinkageError("the C reference cannot be called", e);
        }
    }

    private static MethodHandle function(SymbolLookup library, String name) {
        FunctionDescriptor signature = FunctionDescriptor.ofVoid(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT);
        return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), signature);
    }

    private static void compile(Path source, Path library) {
        List<String> command = new ArrayList<>(List.of(COMPILER));
        command.addAll(FLAGS);
        command.addAll(List.of("-o", library.toString(), source.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "the C reference cannot be built by '" + String.join(" ", command) + "':\n" + output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "there is no " + COMPILER
                            + " to build the C reference with: install it, or leave out what compares with C",
                    e);
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
