package dev.polyak.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.polyak.bench.lab.Jvm;
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
 * What a Java programmer has otherwise: libtorch, through DJL. Its arrays have no {@code lerp_}, so an average is written
 * as a blend; beside {@link OrderBenchmark} with BLEND and {@link UpdateBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.NATIVE, "-Xmx4g"})
public class DjlBenchmark {
    private static final float DECAY = 0.999f;
    private static final float WEIGHT = 1 - DECAY;
    private static final int CHECKED = 1 << 20;

    /** Elements of the one tensor. */
    @Param({"1024", "1048576", "134217728"})
    public int elements;

    /** Threads of libtorch. */
    @Param
    public Threads threads = Threads.ONE;

    private NDManager manager;
    private NDArray model;
    private NDArray average;

    /** Takes memory and checks the result's bits. */
    @Setup
    public void begin() {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads.count()));
        manager = NDManager.newBaseManager("PyTorch");
        fill(Math.min(CHECKED, elements));
        check();
        model.close();
        average.close();
        fill(elements);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        manager.close();
    }

    /** One update. */
    @Benchmark
    public void blend() {
        try (NDArray step = model.mul(WEIGHT)) {
            average.muli(DECAY).addi(step);
        }
    }

    private void fill(int count) {
        model = manager.randomUniform(-1, 1, new Shape(count));
        average = manager.randomUniform(-1, 1, new Shape(count));
    }

    private void check() {
        float[] source = model.toFloatArray();
        float[] before = average.toFloatArray();
        blend();
        float[] after = average.toFloatArray();
        for (int i = 0; i < after.length; i++) {
            float expected = before[i] * DECAY + source[i] * WEIGHT;
            // A fused multiply-add is libtorch's right.
            if (after[i] != expected && after[i] != Math.fma(source[i], WEIGHT, before[i] * DECAY)) {
                throw new AssertionError("element " + i + " is " + after[i] + " instead of " + expected);
            }
        }
    }
}
