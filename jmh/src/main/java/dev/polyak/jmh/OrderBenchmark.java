package dev.polyak.jmh;

import dev.polyak.bench.lab.Jvm;
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

/** One update in each order of floating-point operations. Where memory is the limit, all take the same time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class OrderBenchmark {
    /** The order of operations. */
    @Param
    public UpdateFormula order = UpdateFormula.LERP;

    /** The types of model and average. */
    @Param({"F32", "BF16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor: in the second-level cache, and in memory. */
    @Param({"65536", "134217728"})
    public long elements;

    private Model model;

    /** Takes memory and checks the result's bits. */
    @Setup
    public void begin() throws Exception {
        model = new Model(types, order, Tensors.of(1, elements), 1);
        model.check(model::update);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        model.close();
    }

    /** On one thread. */
    @Benchmark
    public void update() {
        model.update();
    }
}
