package dev.polyak.bench.peer;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whole processes, from their start to their end: milliseconds. Polyak's own is the script in the working folder. */
final class Programs {
    private static final String POLYAK = "./polyak";

    private Programs() {}

    /** {@code polyak average}: the equal average in binary64, written in binary32. */
    static double equalAverage(List<Path> files, Path output) throws Exception {
        return polyak(files, "average", "--swa", "--accumulate", "f64", "--dtype", "f32", "-o", output.toString());
    }

    /** What timm's {@code avg_checkpoints.py} does: the same. */
    static double timm(List<Path> files, Path output) throws Exception {
        return run(files, TorchPeer.interpreter(), "-c", TorchPeer.script("avg_checkpoints.py"), output.toString());
    }

    /** Any {@code polyak} command. */
    static double polyak(List<Path> files, String... command) throws Exception {
        return run(files, Stream.concat(Stream.of(POLYAK), Stream.of(command)).toArray(String[]::new));
    }

    /** Python that imports PyTorch, and nothing else. */
    static double importTorch() throws Exception {
        return run(List.of(), TorchPeer.interpreter(), "-c", "import torch");
    }

    private static double run(List<Path> files, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        files.forEach(file -> words.add(file.toString()));
        Path said = Files.createTempFile("polyak", ".err");
        try {
            return Clock.millis(() -> {
                int status = new ProcessBuilder(words)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(said.toFile())
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new IOException(command[0] + " failed: " + Files.readString(said));
                }
            });
        } finally {
            Files.delete(said);
        }
    }
}
