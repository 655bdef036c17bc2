package dev.polyak.jmh;

import dev.polyak.bench.lab.Jvm;
import dev.polyak.bench.work.CReference;
import dev.polyak.bench.work.Model;
import dev.polyak.bench.work.Pairing;
import dev.polyak.bench.work.Tensors;
import dev.polyak.schedule.UpdateFormula;
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

/** The update of {@link UpdateBenchmark} in C. Needs gcc. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class ReferenceBenchmark {
    /** The types of model and average. */
    @Param({"F32", "BF16_TO_F32", "F16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param({"1024", "1048576", "134217728"})
    public long elements;

    /** Threads of the update. */
    @Param
    public Threads threads = Threads.ONE;

    private CReference reference;
    private Model model;

    /** Builds the reference, takes memory and checks the result's bits. */
    @Setup
    public void begin() throws Exception {
        reference = CReference.find().orElseThrow(() -> new IllegalStateException("there is no gcc to build it with"));
        model = new Model(types, UpdateFormula.LERP, Tensors.of(1, elements), 1);
        model.check(this::c);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        model.close();
    }

    /** With intrinsics and OpenMP. */
    @Benchmark
    public void c() {
        model.update(reference, threads.count());
    }
}
