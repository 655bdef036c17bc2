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

/** An update that may use all threads against one that may not: at no size should it be slower. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 40)
@Fork(
        value = 3,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class ThreadsRace {
    /** The types of model and average. */
    @Param({"F32", "BF16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param({"1024", "16384", "65536", "131072", "262144", "524288", "1048576", "4194304", "16777216", "134217728"})
    public long elements;

    private Model many;
    private Model one;

    /** Takes memory and checks the bits of both results. */
    @Setup
    public void begin() {
        many = new Model(types, Order.LERP, elements, Threads.ALL.count());
        one = new Model(types, Order.LERP, elements, Threads.ONE.count());
        many.check(many::update);
        one.check(one::update);
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        many.close();
        one.close();
    }

    /** As many updates each. */
    @Benchmark
    public void race(Laps laps) {
        laps.race(many.repetitions(), many.bytesMoved(), many::update, one::update);
    }
}
