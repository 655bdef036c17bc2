package dev.polyak.cli.average;

import dev.polyak.AverageCounters;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Progress;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.rule.Averages;
import dev.polyak.cli.rule.Calls;
import dev.polyak.frameworks.PostHoc;
import dev.polyak.frameworks.Synthesis;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * ema-pytorch's PostHocEMA offline: makes the averages that a training would have stored, and combines them as it does.
 * What is stored are files beside the output until that is complete, so that none has to fit memory.
 *
 * @param files the model's states
 * @param averages the averages that are stored
 * @param synthesis what is made of them
 * @param folding how files are read and computed
 * @param output where it goes
 */
record SynthesisJob(List<Path> files, Averages averages, Synthesis synthesis, Folding folding, Path output) {

    /**
     * Makes and combines the averages.
     *
     * @param err where progress shows
     * @return what was done
     * @throws Failure if the files cannot be averaged so
     * @throws IOException if a file cannot be read or written
     */
    AverageReport run(PrintWriter err) throws Failure, IOException {
        long wanted = wantedCall();
        List<StoredAverage> stored = StoredAverage.of(averages, synthesis, files.size() - 1);
        PostHoc.Snapshot profile = new PostHoc.Snapshot(wanted, (float) synthesis.gamma());
        PostHoc.Combination combination =
                PostHocJob.solve(stored.stream().map(StoredAverage::snapshot).toList(), profile, false);
        try (Inputs inputs = Inputs.open(files, folding.bufferNames())) {
            OutputPlace.requireApart(output, inputs.checkpoints());
            Compatibility.requireSameTensors(inputs.checkpoints());
            ParameterLayout model = inputs.first().store().layout();
            Folding storing = folding.in(new FloatType(synthesis.storedAs()), new FloatType(floatType(model)));
            long bytes = Folding.bytes(model);
            int updates =
                    Calls.of(averages.rules().get(0), files.size()).updates().size();
            long begin = System.nanoTime();
            try (ScratchFolder scratch = ScratchFolder.beside(output);
                    Progress progress = Progress.ofBytes("average", bytes * (stored.size() + 1), err)) {
                List<Path> snapshots = new ArrayList<>();
                for (StoredAverage average : stored) {
                    Path file = scratch.file(snapshots.size() + ".safetensors");
                    List<ParameterStore> states = inputs.stores().subList(0, average.file() + 1);
                    ParameterFold fold = storing.of(states, average.rule());
                    Folding.write(fold, file, Checkpoint.metadataFor(fold.layout(), Map.of()), progress);
                    snapshots.add(file);
                }
                combine(snapshots, combination.weights(), profile, inputs, progress);
            }
            return new AverageReport(
                    files,
                    averages.rules().get(0),
                    new AverageCounters(files.size() - 1, updates),
                    model,
                    stored.stream()
                            .mapToLong(average -> (average.file() + 1L) * bytes)
                            .sum(),
                    bytes,
                    (System.nanoTime() - begin) / 1e9,
                    List.of(output),
                    List.of());
        }
    }

    /** The call that the synthesis is for: the given one, or the last at which the averages are stored. */
    private long wantedCall() throws Failure {
        int calls =
                (files.size() - 1) / averages.frameworkRules().get(0).training().every();
        long last = calls - calls % synthesis.storedEvery();
        if (last == 0) {
            throw new Failure("PostHocEMA stores its averages every " + Text.count(synthesis.storedEvery(), "call")
                    + ", but there " + (calls == 1 ? "is" : "are") + " only " + calls
                    + "; add files, or lower checkpoint_every_num_steps");
        }
        long wanted = synthesis.step().orElse(last);
        if (wanted > last || wanted < 1) {
            throw new Failure("synthesize_ema_model can go to steps from 1 to " + last
                    + ", when the averages are stored last, not to " + wanted);
        }
        return wanted;
    }

    /** Adds up the stored averages; what is not averaged is the current model's. */
    private void combine(
            List<Path> snapshots, List<Double> weights, PostHoc.Snapshot profile, Inputs inputs, Progress progress)
            throws Failure, IOException {
        AverageRule rule = averages.rules().get(0);
        LinearCombination sum = new LinearCombination(
                weights, tensor -> rule.treatment(tensor) == Treatment.AVERAGE ? Treatment.AVERAGE : Treatment.LEAVE);
        try (Inputs stored = Inputs.open(snapshots, folding.bufferNames())) {
            List<ParameterStore> sources = new ArrayList<>();
            sources.add(inputs.stores().get(files.size() - 1));
            sources.addAll(stored.stores());
            ParameterFold fold = folding.in(FloatType.KEEP, FloatType.DOUBLE).of(sources, sum);
            Map<String, String> metadata = OutputMetadata.inherited(inputs.first());
            metadata.putAll(StoredProfile.combined(profile, rule.toString()));
            Folding.write(fold, output, Checkpoint.metadataFor(fold.layout(), metadata), progress);
        }
    }

    /** The one floating-point type of a model: a fold that stores in another type computes in one. */
    private static DType floatType(ParameterLayout model) throws Failure {
        List<DType> types = model.tensors().stream()
                .map(TensorSpec::dtype)
                .filter(DType::isFloat)
                .distinct()
                .toList();
        if (types.size() != 1) {
            throw new Failure("PostHocEMA is followed for models of one floating-point type, not of " + types
                    + "; convert the files");
        }
        return types.get(0);
    }
}
