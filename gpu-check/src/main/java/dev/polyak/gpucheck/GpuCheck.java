package dev.polyak.gpucheck;

import dev.polyak.Device;
import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaDevice;
import dev.polyak.gpucheck.check.Bench;
import dev.polyak.gpucheck.check.Check;
import dev.polyak.gpucheck.check.Checks;
import dev.polyak.gpucheck.check.Numbers;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.GpuHarness;
import dev.polyak.gpucheck.measure.Measurement;
import dev.polyak.gpucheck.measure.Measurements;
import dev.polyak.gpucheck.measure.Scale;
import dev.polyak.gpucheck.measure.Torch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks and measures the first GPU. */
public final class GpuCheck {
    private final Device gpu = Device.cuda(0);
    private final CudaDevice device = Cuda.device(gpu.index());
    private final Scale scale;
    private final String only;
    private final Console console;

    private GpuCheck(Scale scale, String only, PrintWriter out) {
        this.scale = scale;
        this.only = only;
        this.console = new Console(out);
    }

    /**
     * Checks, measures, prints and writes a report.
     *
     * @param scale how much
     * @param only what is in the names of the measurements that are to be made; all names have what is empty
     * @param folder where the report's file goes; it is made if it is not there
     * @param out where to print
     * @return whether every bit was the CPU's, and every figure that was measured is what it must be
     * @throws dev.polyak.error.CudaException if there is no GPU; the message says why
     * @throws IOException if the report cannot be written
     */
    public static boolean run(Scale scale, String only, Path folder, PrintWriter out) throws IOException {
        return new GpuCheck(scale, only, out).run(folder);
    }

    /**
     * Says, before minutes are spent, that nothing would be measured.
     *
     * @param scale how much
     * @param only what is in the names of the measurements that are to be made
     * @return a sentence with the names that there are; nothing if one of them is meant
     */
    public static Optional<String> refusal(Scale scale, String only) {
        List<String> names =
                Measurements.all(scale).stream().map(Measurement::name).toList();
        return names.stream().anyMatch(name -> name.contains(only))
                ? Optional.empty()
                : Optional.of("no measurement has '" + only + "' in its name; there are: " + String.join("; ", names));
    }

    private boolean run(Path folder) throws IOException {
        Files.createDirectories(folder); // what cannot be written is better known before the minutes than after
        try (Torch torch = Torch.start(gpu)) {
            return run(folder, Optional.of(torch), torch.version());
        } catch (Torch.Missing e) {
            return run(folder, Optional.empty(), "no: " + e.getMessage());
        }
    }

    private boolean run(Path folder, Optional<Torch> torch, String torchVersion) throws IOException {
        Map<String, String> surroundings = Environment.of(device, torchVersion);
        surroundings.forEach(console::fact);
        Report report = new Report(folder, device.name(), surroundings, console);
        console.title("Bits, on the GPU and on the CPU");
        Bench bench = new Bench(gpu, new Numbers(), scale.checked());
        for (Check check : Checks.all(torch.isPresent())) {
            report.add(check.outcome(bench));
        }
        console.title("Times");
        try (GpuHarness lab = new GpuHarness(gpu, scale, torch)) {
            for (Measurement measurement : Measurements.all(scale)) {
                if (measurement.name().contains(only)) {
                    measure(measurement, lab, report);
                }
            }
        }
        report.finish();
        return report.isGood();
    }

    private static void measure(Measurement measurement, GpuHarness lab, Report report) throws IOException {
        Optional<String> lack = lab.lacks(measurement);
        if (lack.isPresent()) {
            report.leaveOut(measurement.name(), lack.get());
            return;
        }
        Figures figures;
        try {
            figures = measurement.run(lab);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            report.fail(measurement.name(), e);
            return;
        } catch (Exception e) {
            report.fail(measurement.name(), e);
            return;
        }
        report.add(figures);
    }
}
