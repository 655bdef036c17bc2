package dev.polyak.cli.average;

import dev.polyak.ParameterFold;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Inputs;
import dev.polyak.cli.console.Progress;
import dev.polyak.cli.rule.Calls;
import dev.polyak.tensor.ParameterLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Averages files into a file, or several. All checks come before the first byte is read or written, and the files are
 * put in place when all are complete.
 *
 * @param files what to average
 * @param targets how, and where to
 * @param folding how they are read and computed
 */
record AverageJob(List<Path> files, List<Target> targets, Folding folding) {

    /**
     * Averages.
     *
     * @param err where warnings and progress show
     * @return what was done
     * @throws Failure if the files cannot be averaged so
     * @throws IOException if a file cannot be read or written
     */
    AverageReport run(PrintWriter err) throws Failure, IOException {
        try (Inputs inputs = Inputs.open(files, folding.bufferNames())) {
            Compatibility.requireSameTensors(inputs.checkpoints());
            List<ParameterFold> folds = new ArrayList<>();
            for (Target target : targets) {
                OutputPlace.requireApart(target.file(), inputs.checkpoints());
                Compatibility.requireAveragable(inputs.first(), target.rule(), folding);
                folds.add(folding.of(inputs.stores(), target.rule()));
            }
            List<String> warnings = warnings(folds);
            warnings.forEach(warning -> err.println("polyak: warning: " + warning));
            long begin = System.nanoTime();
            write(folds, inputs.first(), err);
            return new AverageReport(
                    files,
                    targets.get(0).rule(),
                    folds.get(0).counters(),
                    folds.get(0).layout(),
                    bytesRead(inputs.checkpoints()),
                    bytesWritten(folds),
                    (System.nanoTime() - begin) / 1e9,
                    targets.stream().map(Target::file).toList(),
                    warnings);
        }
    }

    private void write(List<ParameterFold> folds, Checkpoint first, PrintWriter err) throws IOException {
        List<SafetensorsWriter> writers = new ArrayList<>();
        try (Progress progress = Progress.ofBytes("average", bytesWritten(folds), err)) {
            for (int i = 0; i < folds.size(); i++) {
                writers.add(SafetensorsWriter.create(
                        targets.get(i).file(),
                        folds.get(i).layout(),
                        OutputMetadata.of(targets.get(i).rule(), folds.get(i), first)));
            }
            for (int i = 0; i < folds.size(); i++) {
                SafetensorsWriter writer = writers.get(i);
                folds.get(i).run((tensor, at, piece) -> {
                    writer.write(tensor, at, piece);
                    progress.add(piece.byteSize());
                });
            }
            for (SafetensorsWriter writer : writers) {
                writer.commit();
            }
        } finally {
            writers.forEach(SafetensorsWriter::close);
        }
    }

    private List<String> warnings(List<ParameterFold> folds) {
        Set<String> warnings = new LinkedHashSet<>();
        for (int i = 0; i < folds.size(); i++) {
            ParameterLayout accumulators = folding.accumulators(folds.get(i).layout());
            warnings.addAll(Warnings.of(targets.get(i).rule(), files.size(), accumulators, folding.bufferPatterns()));
        }
        return List.copyOf(warnings);
    }

    /** Bytes of the files that take part, for each average; of the others, at most buffers are copied. */
    private long bytesRead(List<Checkpoint> checkpoints) {
        long read = 0;
        for (Target target : targets) {
            Calls calls = Calls.of(target.rule(), files.size());
            Set<Integer> used = new TreeSet<>(calls.updates());
            used.add(calls.base());
            for (int k : used) {
                read += Folding.bytes(checkpoints.get(k).store().layout());
            }
        }
        return read;
    }

    private static long bytesWritten(List<ParameterFold> folds) {
        return folds.stream().mapToLong(fold -> Folding.bytes(fold.layout())).sum();
    }
}
