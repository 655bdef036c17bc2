package dev.polyak.gpucheck;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaAvailability;
import dev.polyak.cuda.CudaDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what a report was made. */
final class Environment {
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

    private Environment() {}

    /** Names and values. */
    static Map<String, String> of(CudaDevice gpu, String torch) {
        CudaAvailability cuda = Cuda.availability();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("gpu", gpu.toString());
        facts.put("multiprocessors", Integer.toString(gpu.multiprocessors()));
        facts.put("driver", driver(cuda));
        facts.put("runtime", cuda.runtimeVersion() + ", " + cuda.library());
        facts.put("pytorch", torch);
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        return facts;
    }

    private static String driver(CudaAvailability cuda) {
        String supports = "CUDA " + cuda.driverVersion();
        try {
            String first = Files.readString(DRIVER, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
            return supports + "; " + first.replaceAll("\\s+", " ");
        } catch (IOException e) {
            return supports; // only Linux tells more, and not in every container
        }
    }
}
