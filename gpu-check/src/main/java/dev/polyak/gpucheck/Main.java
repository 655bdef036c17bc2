package dev.polyak.gpucheck;

import dev.polyak.error.CudaException;
import dev.polyak.gpucheck.measure.Scale;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The program of the {@linkplain Pack pack}: {@code gpu-check [--out DIR] [--only TEXT] [--quick]}.
 *
 * <p>Exit status: 0 all is as it must be; 1 it is not, or there is no GPU; 2 the command line is wrong.
 */
public final class Main {
    private static final String USAGE = """
            usage: gpu-check [--out DIR] [--only TEXT] [--quick]
              --out DIR    folder of the report's file (default: this one)
              --only TEXT  after the checks, only the measurements with this in their names
              --quick      small sizes, in a minute""";

    private Main() {}

    /**
     * Runs it and ends the JVM.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) {
        Path folder = Path.of(".");
        String only = "";
        Scale scale = Scale.FULL;
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).equals("--quick")) {
                scale = Scale.QUICK;
            } else if (args.get(i).equals("--out") && i + 1 < args.size()) {
                folder = Path.of(args.get(++i));
            } else if (args.get(i).equals("--only") && i + 1 < args.size()) {
                only = args.get(++i);
            } else {
                System.err.println(USAGE);
                return 2;
            }
        }
        Optional<String> refusal = GpuCheck.refusal(scale, only);
        if (refusal.isPresent()) {
            System.err.println("gpu-check: " + refusal.get());
            return 2;
        }
        try {
            return GpuCheck.run(scale, only, folder, new PrintWriter(System.out, true, StandardCharsets.UTF_8)) ? 0 : 1;
        } catch (CudaException | IOException e) {
            System.err.println("gpu-check: " + e.getMessage());
            return 1;
        }
    }
}
