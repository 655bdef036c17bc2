package dev.polyak.bench;

import dev.polyak.Device;
import dev.polyak.bench.peer.PeerRaces;
import dev.polyak.bench.peer.TorchPeer;
import dev.polyak.bench.work.Machine;
import dev.polyak.cuda.Cuda;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.GpuHarness;
import dev.polyak.gpucheck.measure.Measurement;
import dev.polyak.gpucheck.measure.Measurements;
import dev.polyak.gpucheck.measure.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures everything that this machine has. */
public final class Bench {
    /** What of the machine's memory an experiment may take. */
    private static final double PART_OF_MEMORY = 0.7;

    private final Scale scale;
    private final int threads;
    private final Consumer<Result> listener;
    private final List<Result> findings = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    private Bench(Scale scale, int threads, Consumer<Result> listener) {
        this.scale = scale;
        this.threads = threads;
        this.listener = listener;
    }

    /**
     * Measures.
     *
     * @param scale how much
     * @param threads the most threads, at least 1
     * @param torch whether PyTorch takes part, where it is found
     * @param folder where files may be written and deleted again; it must be there
     * @param listener is told of every finding as it is found
     * @return all that was found
     * @throws IOException if the folder cannot be written
     */
    public static Results run(Scale scale, int threads, boolean torch, Path folder, Consumer<Result> listener)
            throws IOException {
        Bench bench = new Bench(scale, threads, listener);
        bench.measureCpu(folder);
        if (torch) {
            bench.measurePeers(folder);
        }
        scale.gpu().ifPresent(bench::measureGpu);
        return Results.of(scale.name(), bench.findings, bench.leftOut);
    }

    private void measureCpu(Path folder) throws IOException {
        Path scratch = Files.createTempDirectory(folder, "scratch");
        try (JvmPool laboratory = new JvmPool(scratch, scale.rounds())) {
            for (Comparison question :
                    Suite.questions(scale, threads, (long) (PART_OF_MEMORY * Machine.memoryBytes()))) {
                find(question.chapter() + ": " + question.name(), () -> laboratory.answer(question));
            }
        } finally {
            Files.delete(scratch);
        }
    }

    private void measurePeers(Path folder) {
        try (TorchPeer torch = TorchPeer.start()) {
            PeerRaces.run(torch, scale, threads, folder, this::found);
        } catch (Exception e) {
            leftOut.add("PyTorch on the CPU: " + e.getMessage());
        }
    }

    private void measureGpu(dev.polyak.gpucheck.measure.Scale gpuScale) {
        if (!Cuda.availability().isAvailable()) {
            leftOut.add(Results.GPU + ": " + Cuda.availability().explanation());
            return;
        }
        Device gpu = Device.cuda(0);
        try (Torch torch = Torch.start(gpu)) {
            measure(gpu, gpuScale, Optional.of(torch));
        } catch (Torch.Missing e) {
            measure(gpu, gpuScale, Optional.empty());
        }
    }

    private void measure(Device gpu, dev.polyak.gpucheck.measure.Scale gpuScale, Optional<Torch> torch) {
        try (GpuHarness lab = new GpuHarness(gpu, gpuScale, torch)) {
            for (Measurement measurement : Measurements.all(gpuScale)) {
                String what = Results.GPU + ": " + measurement.name();
                lab.lacks(measurement)
                        .ifPresentOrElse(
                                lack -> leftOut.add(what + ": " + lack),
                                () -> find(what, () -> ofGpu(measurement, measurement.run(lab))));
            }
        }
    }

    private static Result ofGpu(Measurement measurement, Figures figures) {
        return new Result(Results.GPU, measurement.elements(), figures, measurement.limits(), List.of());
    }

    private void find(String what, Answer answer) {
        try {
            found(answer.find());
        } catch (Exception e) {
            leftOut.add(what + ": " + e.getMessage());
        }
    }

    private void found(Result finding) {
        findings.add(finding);
        listener.accept(finding);
    }

    private interface Answer {
        Result find() throws Exception;
    }
}
