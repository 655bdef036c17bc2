package dev.polyak.internal.cuda;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Asks a library that may be a CUDA runtime. The bindings cannot: each of their functions is bound once, to the library
 * that was chosen.
 */
@SuppressWarnings("restricted") // calls native code
final class Probe {
    private static final AddressLayout TEXT =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));

    /** What a function said: a code, and a number if the code is 0. */
    record Answer(int code, int number) {}

    private final SymbolLookup library;

    Probe(SymbolLookup library) {
        this.library = library;
    }

    boolean has(String function) {
        return library.find(function).isPresent();
    }

    /** Calls a function that fills in a number. */
    Answer number(String function) {
        MethodHandle call = handle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            int code = (int) call.invokeExact(number);
            return new Answer(code, number.get(ValueLayout.JAVA_INT, 0));
        } catch (Throwable e) {
            throw new IllegalStateException(e); // C throws nothing
        }
    }

    /** Calls a function that puts a code into words. */
    String words(String function, int code) {
        MethodHandle call = handle(function, FunctionDescriptor.of(TEXT, ValueLayout.JAVA_INT));
        try {
            return NativeText.read((MemorySegment) call.invokeExact(code));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle handle(String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.find(function).orElseThrow(), type);
    }

    /** The file that has a function; what the dynamic loader found by a name is told by nothing else. */
    String file(String function) throws IOException {
        long address = library.find(function).orElseThrow().address();
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings.filter(mapping -> covers(mapping, address))
                    .map(mapping -> mapping.substring(mapping.indexOf('/')))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether a line such as "7f00-7fff r-xp 0 08:01 42 /usr/lib/libc.so" is about a range with an address. */
    private static boolean covers(String mapping, long address) {
        String[] range = mapping.substring(0, mapping.indexOf(' ')).split("-", 2);
        return Long.compareUnsigned(address, Long.parseUnsignedLong(range[0], 16)) >= 0
                && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
    }
}
