package dev.polyak.jmh;

import dev.polyak.bench.lab.Jvm;
import java.util.Arrays;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a Java programmer writes without a library: a loop over arrays, which the compiler turns into SIMD by itself. On
 * one thread, in binary32, as {@link UpdateBenchmark} with the same elements.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, "-Xmx2g"})
public class ArrayBenchmark {
    private static final float DECAY = 0.999f;
    private static final float WEIGHT = 1 - DECAY;

    private static final float MODEL = 0.7f;
    private static final float BEFORE = 0.3f;

    /** Length of the arrays. */
    @Param({"1024", "1048576", "134217728"})
    public int elements;

    private float[] model;
    private float[] average;

    /** Takes memory, and checks the bits of one update of each kind. */
    @Setup
    public void begin() {
        model = new float[elements];
        average = new float[elements];
        check(this::lerp, (float) (BEFORE + (double) WEIGHT * (MODEL - BEFORE)));
        check(this::blend, (float) (DECAY * (double) BEFORE) + (float) (WEIGHT * (double) MODEL));
    }

    private void check(Runnable update, float expected) {
        Arrays.fill(model, MODEL);
        Arrays.fill(average, BEFORE);
        update.run();
        for (float found : average) {
            if (found != expected) {
                throw new AssertionError("an element is " + found + " instead of " + expected);
            }
        }
    }

    /** One fused multiply-add, as lerp_ has it. */
    @Benchmark
    public void lerp() {
        for (int i = 0; i < average.length; i++) {
            average[i] = Math.fma(WEIGHT, model[i] - average[i], average[i]);
        }
    }

    /** As it stands in textbooks. */
    @Benchmark
    public void blend() {
        for (int i = 0; i < average.length; i++) {
            average[i] = DECAY * average[i] + WEIGHT * model[i];
        }
    }
}
