package dev.polyak.cuda.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * The CUDA runtime whose functions {@link Cudart} calls, and C's types as 64-bit Linux has them. Stands in for the class
 * of helpers that jextract generates, whose layouts Java 21 cannot name.
 */
public class Library {
    static final ValueLayout.OfByte C_CHAR = JAVA_BYTE;
    static final ValueLayout.OfInt C_INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong C_LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout C_POINTER =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

    private static volatile SymbolLookup chosen = function -> Optional.empty();

    Library() {}

    /**
     * Chooses the runtime. Each function is looked up when it is first called, and stays what it was found to be: so this
     * comes before any call.
     *
     * @param runtime where the functions are; must stay loaded for as long as the process lives
     */
    public static void use(SymbolLookup runtime) {
        chosen = runtime;
    }

    static MemorySegment find(String function) {
        return chosen.find(function).orElseThrow(() -> new UnsatisfiedLinkError(
                function + " was not found: no CUDA runtime is in use, or one that is older than 12.8"));
    }
}
