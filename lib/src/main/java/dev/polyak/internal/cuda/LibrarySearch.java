package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Library;
import dev.polyak.error.CudaException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a CUDA runtime that can be used, and chooses it for the bindings.
 *
 * @param named the only library to try; null: try what is usual
 * @param folders where to look after the dynamic loader; a "*" in a name stands for anything
 * @param hardware whether there can be an NVIDIA device at all; if not, nobody is told to install anything for it
 */
record LibrarySearch(@Nullable String named, List<String> folders, boolean hardware) {
    private static final String NO_HARDWARE = "this machine has no NVIDIA device";

    static final String PROPERTY = "polyak.cuda.library";

    private static final List<String> NAMES = List.of("libcudart.so.13", "libcudart.so.12", "libcudart.so");
    /** Toolkits, and packages of distributions. */
    private static final List<String> SYSTEM_FOLDERS = List.of(
            "/usr/local/cuda*/lib64",
            "/usr/local/cuda*/targets/x86_64-linux/lib",
            "/usr/local/cuda*/targets/sbsa-linux/lib",
            "/opt/cuda/lib64",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu");
    /** Where a Python has its packages. */
    private static final List<String> PYTHON_FOLDERS = List.of(
            "/opt/conda/lib/python3*/site-packages",
            "/usr/local/lib/python3*/site-packages",
            "/usr/local/lib/python3*/dist-packages",
            "/usr/lib/python3/dist-packages");
    /** Where NVIDIA's Python packages have the runtime, of CUDA 13 and of 12. */
    private static final List<String> PACKAGES = List.of("/nvidia/cu13/lib", "/nvidia/cuda_runtime/lib");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Comparator<Path> NEWEST_FIRST =
            Comparator.comparing(LibrarySearch::version, Arrays::compare).reversed();

    /** What the properties and the environment of this process ask for. */
    static LibrarySearch ofThisProcess() {
        return new LibrarySearch(
                System.getProperty(PROPERTY),
                usualFolders(System.getenv(), System.getProperty("user.home")),
                NvidiaHardware.mayBeHere());
    }

    static List<String> usualFolders(Map<String, String> environment, String home) {
        Stream<String> path = Stream.of(
                        environment.getOrDefault("LD_LIBRARY_PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty());
        Stream<String> ownPythons = Stream.concat(
                Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
                        .filter(environment::containsKey)
                        .map(variable -> environment.get(variable) + "/lib/python3*/site-packages"),
                Stream.of(home + "/.local/lib/python3*/site-packages"));
        Stream<String> packages = Stream.concat(ownPythons, PYTHON_FOLDERS.stream())
                .flatMap(folder -> PACKAGES.stream().map(folder::concat));
        return Stream.of(path, SYSTEM_FOLDERS.stream(), packages)
                .flatMap(part -> part)
                .toList();
    }

    /** Tries one library after the other until one can be used. */
    Availability run() {
        List<Candidate> failed = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (String name : libraries()) {
            Candidate candidate = Candidate.examine(name);
            if (candidate.state() == Candidate.State.USABLE) {
                return use(candidate, reasons(failed));
            }
            // Several names may lead to one file.
            if (candidate.state() != Candidate.State.MISSING && seen.add(real(candidate.library()))) {
                failed.add(candidate);
            }
        }
        return failed.stream()
                .max(Comparator.comparing(Candidate::state))
                .map(nearest -> unavailable(
                        state(nearest), nearest, nearest.reason() + "; " + remedy(nearest), reasons(failed)))
                .orElseGet(this::nothingFound);
    }

    private List<String> libraries() {
        if (named != null) {
            return List.of(named);
        }
        Stream<String> files = folders.stream()
                .flatMap(folder -> expand(folder).stream())
                .flatMap(folder -> NAMES.stream().map(folder::resolve))
                .filter(Files::isRegularFile)
                .map(Path::toString);
        return Stream.concat(NAMES.stream(), files).toList();
    }

    /** A driver that answers speaks for itself, whatever can be seen of its device. */
    private boolean isWithoutHardware(Candidate nearest) {
        return !hardware && nearest.driver() == 0 && nearest.state() != Candidate.State.FORBIDDEN;
    }

    private String remedy(Candidate nearest) {
        return isWithoutHardware(nearest) ? NO_HARDWARE : nearest.remedy();
    }

    private Availability use(Candidate candidate, List<String> tried) {
        Library.use(candidate.functions());
        List<DeviceProperties> devices;
        try {
            devices = IntStream.range(0, candidate.devices())
                    .mapToObj(DeviceProperties::read)
                    .toList();
        } catch (CudaException e) {
            return unavailable(
                    Availability.State.NOT_WORKING, candidate, candidate.reason() + ", but " + e.getMessage(), tried);
        }
        String list = String.join(
                ", ", devices.stream().map(DeviceProperties::toString).toList());
        return new Availability(
                Availability.State.AVAILABLE,
                "CUDA is available: " + candidate.reason() + ", with " + list,
                candidate.library(),
                Candidate.version(candidate.runtime()),
                Candidate.version(candidate.driver()),
                devices,
                tried);
    }

    private static Availability unavailable(
            Availability.State state, Candidate nearest, String why, List<String> tried) {
        return new Availability(
                state,
                "CUDA is not available: " + why,
                nearest.library(),
                Candidate.version(nearest.runtime()),
                Candidate.version(nearest.driver()),
                List.of(),
                tried);
    }

    /** Where all was looked is for those who want to know; the sentence does without. */
    private Availability nothingFound() {
        String missing = "there is no "
                + (named == null ? String.join(" or ", NAMES) : named + ", which -D" + PROPERTY + " names");
        String remedy = named == null ? Candidate.INSTALL : "name a libcudart.so of CUDA 12.8 or newer";
        boolean pointless = named == null && !hardware;
        String places = named == null ? " where the dynamic loader looks, nor in " + String.join(", ", folders) : "";
        return new Availability(
                pointless ? Availability.State.NO_HARDWARE : Availability.State.NO_RUNTIME,
                "CUDA is not available: " + (pointless ? NO_HARDWARE : missing + "; " + remedy),
                "",
                "",
                "",
                List.of(),
                List.of(missing + places));
    }

    private Availability.State state(Candidate nearest) {
        if (isWithoutHardware(nearest)) {
            return Availability.State.NO_HARDWARE;
        }
        return switch (nearest.state()) {
            case MISSING, UNLOADABLE, TOO_OLD -> Availability.State.NO_RUNTIME;
            case FORBIDDEN -> Availability.State.NO_NATIVE_ACCESS;
            case WITHOUT_DRIVER -> Availability.State.NO_DRIVER;
            case FAILING, WITHOUT_DEVICE, USABLE -> Availability.State.NOT_WORKING;
        };
    }

    private static List<String> reasons(List<Candidate> failed) {
        return failed.stream().map(Candidate::reason).toList();
    }

    private static Path real(String library) {
        try {
            return Path.of(library).toRealPath();
        } catch (IOException e) {
            return Path.of(library);
        }
    }

    /** The folders that a path with stars stands for, those with the newest version in their names first. */
    private static List<Path> expand(String pattern) {
        Path path = Path.of(pattern).toAbsolutePath();
        List<Path> found = List.of(path.getRoot());
        for (Path name : path) {
            found = found.stream()
                    .flatMap(folder -> entries(folder, name.toString()).stream())
                    .toList();
        }
        return found;
    }

    private static List<Path> entries(Path folder, String name) {
        if (!name.contains("*")) {
            return List.of(folder.resolve(name));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, name)) {
            return StreamSupport.stream(entries.spliterator(), false)
                    .sorted(NEWEST_FIRST)
                    .toList();
        } catch (IOException e) { // there is no such folder, or it is not for us
            return List.of();
        }
    }

    private static int[] version(Path path) {
        return NUMBER.matcher(String.valueOf(path.getFileName()))
                .results()
                .mapToInt(number -> Integer.parseInt(number.group()))
                .toArray();
    }
}
