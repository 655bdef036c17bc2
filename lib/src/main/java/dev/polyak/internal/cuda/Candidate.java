package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A library that may be a CUDA runtime, and what it said when it was asked.
 *
 * @param library its file, or the name by which the loader did not find it
 * @param state how near it is to being usable
 * @param words what the library or the loader said themselves, if it fails
 * @param runtime its version, such as 13000; 0 if it did not say
 * @param driver the newest version that the driver supports; 0 if it did not say, or there is none
 * @param devices how many it has
 * @param functions its functions
 */
record Candidate(
        String library, State state, String words, int runtime, int driver, int devices, SymbolLookup functions) {
    /** In the order of how near it is to being usable. */
    enum State {
        MISSING,
        FORBIDDEN,
        UNLOADABLE,
        TOO_OLD,
        FAILING,
        WITHOUT_DRIVER,
        WITHOUT_DEVICE,
        USABLE
    }

    private static final int NEEDED = 12080;
    static final String INSTALL = "install the CUDA runtime " + version(NEEDED) + " or newer, or name it with -D"
            + LibrarySearch.PROPERTY + "=FILE";

    /**
     * Loads a library and asks it. It stays loaded, also if it cannot be used: what a runtime has begun does not
     * survive its being unloaded.
     *
     * @param name a file if it has a slash, or what the dynamic loader looks for
     */
    @SuppressWarnings("restricted") // loads native code
    static Candidate examine(String name) {
        boolean isFile = name.contains("/");
        if (isFile && !Files.isRegularFile(Path.of(name))) {
            return unloaded(name, State.MISSING, "");
        }
        try {
            return ask(
                    name,
                    isFile
                            ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
                            : SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) { // the loader found none, or cannot load it
            return unloaded(name, isFile ? State.UNLOADABLE : State.MISSING, String.valueOf(e.getMessage()));
        } catch (IllegalCallerException e) {
            return unloaded(name, State.FORBIDDEN, "");
        } catch (RuntimeException | IOException e) { // there is no linker for this platform, for example
            return unloaded(name, State.UNLOADABLE, String.valueOf(e.getMessage()));
        }
    }

    private static Candidate unloaded(String name, State state, String words) {
        return new Candidate(name, state, words, 0, 0, 0, function -> Optional.empty());
    }

    private static Candidate ask(String name, SymbolLookup functions) throws IOException {
        Probe probe = new Probe(functions);
        if (!probe.has("cudaRuntimeGetVersion")) {
            return unloaded(name, State.UNLOADABLE, "it is no CUDA runtime");
        }
        String file = name.contains("/") ? name : probe.file("cudaRuntimeGetVersion");
        int runtime = probe.number("cudaRuntimeGetVersion").number();
        int driver = probe.number("cudaDriverGetVersion").number();
        Probe.Answer count = probe.number("cudaGetDeviceCount");
        State state = probe.has("cudaLibraryLoadData") ? state(count.code()) : State.TOO_OLD;
        String words = state == State.FAILING
                ? probe.words("cudaGetErrorString", count.code()) + " (" + probe.words("cudaGetErrorName", count.code())
                        + ")"
                : "";
        return new Candidate(file, state, words, runtime, driver, count.number(), functions);
    }

    private static State state(int code) {
        if (code == Cudart.cudaSuccess()) {
            return State.USABLE;
        } else if (code == Cudart.cudaErrorNoDevice()) {
            return State.WITHOUT_DEVICE;
        } else if (code == Cudart.cudaErrorInsufficientDriver()) {
            return State.WITHOUT_DRIVER;
        }
        return State.FAILING;
    }

    /** Why it cannot be used. */
    String reason() {
        return switch (state) {
            case MISSING -> "there is no " + library;
            case FORBIDDEN -> "Java may not load " + library + ", nor any native library";
            case UNLOADABLE -> found() + ", but cannot be loaded: " + words;
            case TOO_OLD -> found() + ", but it is older than " + version(NEEDED);
            case FAILING -> found() + ", but it says: " + words;
            case WITHOUT_DRIVER ->
                found() + ", but it says that the driver is "
                        + (driver == 0 ? "missing or too old" : "too old (CUDA " + version(driver) + ")")
                        + " (cudaErrorInsufficientDriver)";
            case WITHOUT_DEVICE -> found() + ", but it finds no device (cudaErrorNoDevice)";
            case USABLE -> found();
        };
    }

    /** What to do about it. */
    String remedy() {
        return switch (state) {
            case MISSING, UNLOADABLE, TOO_OLD -> INSTALL;
            case FORBIDDEN -> "start Java with " + NativeAccess.OPTION;
            case FAILING -> "see whether nvidia-smi works";
            case WITHOUT_DRIVER -> "install the NVIDIA driver " + (runtime < 13000 ? 525 : 580) + " or newer";
            case WITHOUT_DEVICE ->
                "if there is an NVIDIA GPU, see whether CUDA_VISIBLE_DEVICES or a container hides it";
            case USABLE -> "";
        };
    }

    private String found() {
        Path file = Path.of(library);
        return file.getFileName() + " was found"
                + (file.getParent() == null ? "" : " in " + file.getParent())
                + (runtime == 0 ? "" : " (CUDA " + version(runtime) + ")");
    }

    /** A version as people write it: 12080 is 12.8, and 0 is none. */
    static String version(int number) {
        return number == 0 ? "" : number / 1000 + "." + number % 1000 / 10;
    }
}
