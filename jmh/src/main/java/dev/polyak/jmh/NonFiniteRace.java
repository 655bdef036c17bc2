package dev.polyak.jmh;

import dev.polyak.Device;
import dev.polyak.NonFinitePolicy;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterLayout;
import dev.polyak.ParameterStore;
import dev.polyak.TensorSpec;
import dev.polyak.schedule.Schedules;
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

/** What it costs to look for infinities and NaNs: an update that does, against one that does not. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 30)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class NonFiniteRace {
    /** The policy whose price is asked for. */
    @Param({"SKIP_ELEMENT", "SKIP_UPDATE"})
    public NonFinitePolicy policy = NonFinitePolicy.SKIP_ELEMENT;

    /** The types of model and average. */
    @Param({"F32", "BF16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param("134217728")
    public long elements;

    private ParameterStore model;
    private ParameterAverage looking;
    private ParameterAverage plain;

    /** Takes memory and checks that both end in the same bits where there is nothing to find. */
    @Setup
    public void begin() {
        model = ParameterStore.allocate(
                ParameterLayout.of(TensorSpec.parameter("weight", types.source(), elements)), Device.cpu());
        Numbers.fill(model.segment(0), types.source(), 1, 0);
        looking = averaging(policy);
        plain = averaging(NonFinitePolicy.FOLD);
        Numbers.fill(model.segment(0), types.source(), 2, 0);
        looking.update();
        plain.update();
        if (looking.store().segment(0).mismatch(plain.store().segment(0)) >= 0) {
            throw new AssertionError("the averages differ");
        }
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        looking.close();
        plain.close();
        model.close();
    }

    /** One update each, on one thread. */
    @Benchmark
    public void race(Laps laps) {
        laps.race(1, elements * types.bytesMoved(), looking::update, plain::update);
    }

    private ParameterAverage averaging(NonFinitePolicy which) {
        return ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.999))
                .keptAs(types.kept())
                .nonFinite(which)
                .threads(1)
                .build();
    }
}
