package dev.polyak.jmh;

import dev.polyak.schedule.Order;
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

/** The library's update against C with intrinsics and OpenMP, on the same segments with as many threads. Needs gcc. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 40)
@Fork(
        value = 3,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class UpdateRace {
    /** The types of model and average. */
    @Param({"F32", "BF16_TO_F32", "F16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param("134217728")
    public long elements;

    /** Threads of both. */
    @Param
    public Threads threads = Threads.ONE;

    private CReference reference;
    private Model model;

    /** Builds the reference, takes memory and checks the bits of both results. */
    @Setup
    public void begin() {
        reference = CReference.build();
        model = new Model(types, Order.LERP, elements, threads.count());
        model.check(model::update);
        model.check(this::inC);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        model.close();
    }

    /** As many updates each. */
    @Benchmark
    public void race(Laps laps) {
        laps.race(model.repetitions(), model.bytesMoved(), model::update, this::inC);
    }

    private void inC() {
        model.update(reference, threads.count());
    }
}
