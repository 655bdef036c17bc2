package dev.polyak.jmh;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What an invocation of a race measured: each way once, close together in time, so that whatever else the machine does
 * meets both. Who goes first changes with every invocation.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Laps {
    /**
     * Before each lap; OpenMP's threads wait actively for some milliseconds, which must not fall into the other's lap.
     */
    private static final long PAUSE_NANOS = 20_000_000;

    /** Microseconds that one repetition took our way. */
    public double ours;

    /** Microseconds that one repetition took the other way. */
    public double reference;

    /** Bytes that one repetition has to read and write. */
    public double bytes;

    private boolean referenceFirst;

    /** Times both. */
    void race(int repetitions, long bytesMoved, Runnable our, Runnable other) {
        bytes = bytesMoved;
        if (referenceFirst) {
            reference = time(repetitions, other);
            ours = time(repetitions, our);
        } else {
            ours = time(repetitions, our);
            reference = time(repetitions, other);
        }
        referenceFirst = !referenceFirst;
    }

    private static double time(int repetitions, Runnable work) {
        LockSupport.parkNanos(PAUSE_NANOS);
        long begin = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            work.run();
        }
        return (System.nanoTime() - begin) / 1000.0 / repetitions;
    }
}
