package dev.polyak.jmh;

import dev.polyak.bench.lab.Jvm;
import dev.polyak.bench.work.Experiment;
import dev.polyak.bench.work.Experiments;
import dev.polyak.bench.work.Task;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The library's way in any experiment of {@code ./polyak bench}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class ExperimentBenchmark {
    /** Which; files go to the system's temporary folder. */
    @Param({
        "update types=F32 tensors=gpt2 threads=1",
        "update types=F32 tensors=20000x1024 threads=1",
        "several types=F32 tensors=1x67108864 averages=4 threads=1",
        "non-finite policy=SKIP_ELEMENT types=F32 tensors=1x134217728",
        "non-finite policy=SKIP_UPDATE types=F32 tensors=1x134217728",
        "swap tensors=1x134217728 threads=1",
        "fold files=10 mebibytes=256 threads=1",
        "save mebibytes=256",
        "load mebibytes=256"
    })
    public String spec;

    private Experiment experiment;
    private Task.Action action;

    /** Makes the experiment, which checks its bits. */
    @Setup
    public void begin() throws Exception {
        experiment = Experiments.open(spec);
        action = experiment.tasks().get(0).action();
    }

    /** Gives memory and files back. */
    @TearDown
    public void end() {
        experiment.close();
    }

    /** Once. */
    @Benchmark
    public void polyak() throws Exception {
        action.run();
    }
}
