package dev.polyak.jmh;

import dev.polyak.DType;
import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterLayout;
import dev.polyak.ParameterStore;
import dev.polyak.ScheduledRule;
import dev.polyak.TensorSpec;
import dev.polyak.schedule.Schedules;
import java.util.Arrays;
import java.util.List;
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

/** Four averages that share each reading of the model, against four that each read it for themselves. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 30)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class SeveralRace {
    private static final double[] DECAYS = {0.9, 0.99, 0.999, 0.9999};

    /** The types of model and averages. */
    @Param({"F32", "BF16_TO_F32"})
    public Pairing types = Pairing.F32;

    /** Elements of the model's one tensor. */
    @Param("67108864")
    public long elements;

    /** Threads of both. */
    @Param
    public Threads threads = Threads.ONE;

    private ParameterStore model;
    private ParameterAverage together;
    private List<ParameterAverage> alone;

    /** Takes memory and checks that both ways end in the same bits. */
    @Setup
    public void begin() {
        model = ParameterStore.allocate(
                ParameterLayout.of(TensorSpec.parameter("weight", types.source(), elements)), Device.cpu());
        Numbers.fill(model.segment(0), types.source(), 1, 0);
        List<ScheduledRule> rules = Arrays.stream(DECAYS)
                .mapToObj(decay -> ScheduledRule.of(Schedules.decay(decay)))
                .toList();
        together = averaging(types.kept()).rules(rules).build();
        alone = rules.stream()
                .map(rule -> averaging(types.kept()).rule(rule).build())
                .toList();
        Numbers.fill(model.segment(0), types.source(), 2, 0);
        together.update();
        separately();
        for (int k = 0; k < DECAYS.length; k++) {
            if (together.store(k).segment(0).mismatch(alone.get(k).store().segment(0)) >= 0) {
                throw new AssertionError("average " + k + " differs");
            }
        }
    }

    /** Frees the memory. */
    @TearDown
    public void end() {
        together.close();
        alone.forEach(ParameterAverage::close);
        model.close();
    }

    /** As many updates each. The reference moves 12 bytes an element and average of binary32, ours 8 and 4 in all. */
    @Benchmark
    public void race(Laps laps) {
        long kept = types.kept().bits() / Byte.SIZE;
        long source = types.source().bits() / Byte.SIZE;
        laps.race(1, elements * (source + 2 * kept * DECAYS.length), together::update, this::separately);
    }

    private ParameterAverage.Builder averaging(DType kept) {
        return ParameterAverage.builder(model).keptAs(kept).threads(threads.count());
    }

    private void separately() {
        alone.forEach(ParameterAverage::update);
    }
}
