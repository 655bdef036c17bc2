package dev.polyak.cli.doctor;

import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaAvailability;
import dev.polyak.cuda.CudaDevice;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * The GPUs that averages can be made on, or why there are none.
 *
 * @param cuda what was found
 * @param named whether the user named the CUDA runtime that is to be used
 */
record Gpus(CudaAvailability cuda, boolean named) {

    static Gpus find() {
        return new Gpus(Cuda.availability(), System.getProperty("polyak.cuda.library") != null);
    }

    void print(PrintWriter out) {
        if (cuda.isAvailable()) {
            Diagnosis.line(
                    out,
                    "CUDA",
                    "runtime " + cuda.runtimeVersion() + ", driver " + cuda.driverVersion() + ", " + cuda.library());
        } else {
            Diagnosis.line(out, "CUDA", "not available");
        }
        cuda.tried().forEach(failed -> Diagnosis.line(out, "", failed));
        for (CudaDevice gpu : cuda.devices()) {
            Diagnosis.line(
                    out,
                    "cuda:" + gpu.index(),
                    gpu.name() + ", " + Text.bytes(gpu.memory()) + ", compute capability " + capability(gpu));
        }
    }

    void write(Json json) {
        json.member("available", cuda.isAvailable())
                .member("explanation", cuda.explanation())
                .member("library", cuda.library())
                .member("runtime", cuda.runtimeVersion())
                .member("driver", cuda.driverVersion())
                .objects(
                        "devices",
                        cuda.devices(),
                        (device, gpu) -> device.member("device", "cuda:" + gpu.index())
                                .member("name", gpu.name())
                                .member("memory", gpu.memory())
                                .member("compute_capability", capability(gpu))
                                .member("multiprocessors", gpu.multiprocessors()))
                .strings("tried", cuda.tried());
    }

    /** What to do, if somebody meant CUDA to be here: most machines have none, and miss nothing. */
    Optional<String> advice() {
        boolean meant = named || (!cuda.library().isEmpty() && cuda.state() != CudaAvailability.State.NO_HARDWARE);
        return meant && !cuda.isAvailable() ? Optional.of(cuda.explanation()) : Optional.empty();
    }

    private static String capability(CudaDevice gpu) {
        return gpu.major() + "." + gpu.minor();
    }
}
