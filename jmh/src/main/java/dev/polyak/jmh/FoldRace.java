package dev.polyak.jmh;

import dev.polyak.DType;
import dev.polyak.Device;
import dev.polyak.ParameterFold;
import dev.polyak.ParameterStore;
import dev.polyak.PieceSink;
import dev.polyak.ScheduledRule;
import dev.polyak.schedule.Schedules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
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

/**
 * A fold of mapped checkpoints, whose pages are in memory, against one pass after the other over the same maps. Needs
 * as much disk and memory as the checkpoints are large.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
@Fork(
        value = 2,
        jvmArgsAppend = {Jvm.VECTORS, Jvm.NATIVE, Jvm.MEMORY, Jvm.HEAP})
public class FoldRace {
    private static final double DECAY = 0.999;

    /** What becomes of the folded pieces. */
    public enum Sink {
        /** Each is forgotten: the time is that of the fold itself. */
        NOTHING,
        /** Each is copied into a store, where the passes leave the average too. */
        STORE
    }

    /** Number of checkpoints. */
    @Param("10")
    public int files;

    /** Size of each. */
    @Param("1024")
    public int mebibytes;

    /** What becomes of the folded pieces. */
    @Param
    public Sink sink = Sink.NOTHING;

    /** Threads of both. */
    @Param
    public Threads threads = Threads.ONE;

    private Checkpoints checkpoints;
    private ParameterStore kept;
    private ParameterFold fold;
    private Passes passes;

    /** Writes and maps the files, and checks the bits of both results. */
    @Setup
    public void begin() throws IOException {
        checkpoints = new Checkpoints(files, mebibytes);
        kept = ParameterStore.allocate(checkpoints.layout(), Device.cpu());
        List<ParameterStore> sources = checkpoints.stores();
        fold = ParameterFold.builder(sources, ScheduledRule.of(Schedules.decay(DECAY)))
                .threads(threads.count())
                .build();
        passes = new Passes(kept, sources, 1 - DECAY, threads.count());
        passes.run();
        check(sources);
        clear(kept);
        fold.run(this::keep);
        check(sources);
    }

    /** Unmaps the files and frees the memory. */
    @TearDown
    public void end() {
        checkpoints.close();
        kept.close();
    }

    /** One average each. */
    @Benchmark
    public void race(Laps laps) {
        PieceSink taker = sink == Sink.STORE ? this::keep : (tensor, at, piece) -> {};
        laps.race(1, checkpoints.layout().byteSize() * files, () -> fold(taker), passes::run);
    }

    private void fold(PieceSink taker) {
        try {
            fold.run(taker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(int tensor, long at, MemorySegment piece) {
        MemorySegment.copy(piece, 0, kept.segment(tensor), at, piece.byteSize());
    }

    private static void clear(ParameterStore store) {
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            store.segment(tensor).fill((byte) 0);
        }
    }

    private void check(List<ParameterStore> sources) {
        float weight = (float) (1 - DECAY);
        for (int tensor = 0; tensor < kept.layout().size(); tensor++) {
            for (long i = 0; i < kept.layout().tensor(tensor).elements(); i++) {
                float expected = (float) Numbers.read(sources.get(0).segment(tensor), DType.F32, i);
                for (int k = 1; k < sources.size(); k++) {
                    float source = (float) Numbers.read(sources.get(k).segment(tensor), DType.F32, i);
                    expected = Math.fma(source - expected, weight, expected);
                }
                double found = Numbers.read(kept.segment(tensor), DType.F32, i);
                if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(expected)) {
                    throw new AssertionError(
                            "element " + i + " of tensor " + tensor + " is " + found + " instead of " + expected);
                }
            }
        }
    }
}
