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

/**
 * One update, by size, types, threads and backend. The backend is the JVM's own choice, made in each fork: narrower
 * vectors by telling the JVM that the processor has no wider ones (which on x86 means AVX2 and AVX), none at all by the
 * library's own switch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class UpdateBenchmark {
    /** The types of model and average. */
    @Param
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param({"1024", "1048576", "134217728"})
    public long elements;

    /** Threads of the update. */
    @Param
    public Threads threads = Threads.ONE;

    private Model model;

    /** Takes memory and checks the result's bits. */
    @Setup
    public void begin() throws Exception {
        model = new Model(types, UpdateFormula.LERP, Tensors.of(1, elements), threads.count());
        model.check(model::update);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        model.close();
    }

    /** With the vectors that the machine prefers. */
    @Benchmark
    @Fork(
            value = 2,
            jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
    public void vector() {
        model.update();
    }

    /** With vectors of 256 bits at most. */
    @Benchmark
    @Fork(
            value = 2,
            jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP, "-XX:UseAVX=2"})
    public void vector256() {
        model.update();
    }

    /** With vectors of 128 bits at most. */
    @Benchmark
    @Fork(
            value = 2,
            jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP, "-XX:UseAVX=1"})
    public void vector128() {
        model.update();
    }

    /** In plain Java. */
    @Benchmark
    @Fork(
            value = 2,
            jvmArgsAppend = {Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP, "-Dpolyak.kernels=scalar"})
    public void scalar() {
        model.update();
    }
}
