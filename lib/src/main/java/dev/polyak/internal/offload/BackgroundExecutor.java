package dev.polyak.internal.offload;

import dev.polyak.MemoryLostException;
import dev.polyak.Offload;
import dev.polyak.OffloadStats;
import dev.polyak.UpdateFailedException;
import dev.polyak.UpdateTicket;
import dev.polyak.UpdateTimes;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.partition.Uninterrupted;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.PlannedCall;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Averages on another device than their model's, or on the same but made in the background: an update is begun by the
 * thread that trains, and made by a thread of this object, in order. Bounded: there are as many updates under way as
 * there are carriers.
 */
public final class BackgroundExecutor implements UpdateExecutor {
    private static final System.Logger LOGGER = System.getLogger("dev.polyak");
    /** How long a close waits for what is under way. */
    private static final long LONGEST_CLOSE_MILLIS = 30_000;

    private final Offload offload;
    private final List<PlannedCall> plans;
    private final Runnable copyAll;
    private final Thread thread;
    private final ReentrantLock folding = new ReentrantLock();

    // All below: under this object's monitor.
    private Flight[] flights = {};
    private @Nullable RuntimeException unmade;
    private int next;
    private @Nullable Flight latest;
    private @Nullable MemoryLostException lost;
    private int leftOut;
    private boolean closing;
    private long updates;
    private long bytes;
    private long copying;
    private long mixing;
    private long waited;
    private long skipped;
    private long failed;
    private long latestBegun;
    private long latestMade;

    /**
     * Begins the background's work: first it makes the carriers, which takes a while where memory has to be pinned.
     *
     * @param plans what each call is to do, at the time of {@link #update}
     * @param making makes a carrier for each update that may be under way
     * @param copyAll copies the model to every average
     */
    public BackgroundExecutor(
            Offload offload, List<PlannedCall> plans, Supplier<List<ModelTransport>> making, Runnable copyAll) {
        this.offload = offload;
        this.plans = plans;
        this.copyAll = copyAll;
        this.thread = new Thread(() -> work(making), "polyak-shadow");
        thread.setDaemon(true);
        thread.start();
    }

    private enum Stage {
        FREE,
        COPYING,
        FOLDING
    }

    /** An update under way, or room for one; its own ticket. */
    private final class Flight implements UpdateTicket {
        final ModelTransport carrier;
        Stage stage = Stage.FREE;
        boolean departed;
        long number;
        long began;
        long copied;
        long mixingBegan;
        long mixed;
        boolean gated;
        boolean discarded;

        @Nullable
        RuntimeException failure;

        Flight(ModelTransport carrier) {
            this.carrier = carrier;
        }

        @Override
        public boolean isDone() {
            synchronized (BackgroundExecutor.this) {
                return stage == Stage.FREE;
            }
        }

        @Override
        public void await() throws InterruptedException {
            synchronized (BackgroundExecutor.this) {
                while (stage != Stage.FREE) {
                    BackgroundExecutor.this.wait();
                }
                throwFailure();
            }
        }

        /** Tells of a failure once. */
        void throwFailure() {
            RuntimeException thrown = failure;
            failure = null;
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        public void gate() throws InterruptedException {
            carrier.gate();
            markGated();
        }

        @Override
        public void gate(CudaStream stream) {
            carrier.gate(stream);
            markGated();
        }

        @Override
        public UpdateTimes times() {
            synchronized (BackgroundExecutor.this) {
                return stage == Stage.FREE && mixed - began > 0
                        ? new UpdateTimes(began, copied, mixingBegan, mixed)
                        : UpdateTimes.NONE;
            }
        }

        private void markGated() {
            synchronized (BackgroundExecutor.this) {
                gated = true;
            }
        }

        @Override
        public double progress() {
            synchronized (BackgroundExecutor.this) {
                return switch (stage) {
                    case COPYING -> 0;
                    case FOLDING -> 0.5;
                    case FREE -> 1;
                };
            }
        }
    }

    @Override
    public UpdateTicket update(long number, @Nullable CudaStream stream) {
        Flight flight = claim(number);
        if (flight == null) {
            return UpdateTicket.DONE; // left out
        }
        long began = System.nanoTime();
        try {
            flight.carrier.begin(stream);
        } catch (MemoryLostException e) {
            free(flight);
            throw failed(number, e); // the staging's numbers are lost, not the average's
        } catch (RuntimeException e) {
            free(flight);
            throw e;
        }
        depart(flight, number, began);
        return flight;
    }

    /** Takes a free flight and plans it; null if there is none and the update is left out. */
    private synchronized @Nullable Flight claim(long number) {
        awaitCarriers();
        throwFailures();
        discardUngated(number);
        Flight flight = flights[next];
        if (flight.stage != Stage.FREE) {
            if (offload.whenBusy() == Offload.WhenBusy.SKIP) {
                skipped++;
                leftOut++;
                latestBegun = number;
                return null;
            }
            long since = System.nanoTime();
            awaitFree(flight);
            waited += System.nanoTime() - since;
            throwFailures();
        }
        flight.stage = Stage.COPYING;
        flight.departed = false;
        for (int k = 0; k < plans.size(); k++) {
            flight.carrier.calls().get(k).follow(plans.get(k));
        }
        return flight;
    }

    private void discardUngated(long number) {
        Flight before = latest;
        if (before != null && before.stage == Stage.COPYING && !before.gated && !before.carrier.isRead()) {
            before.discarded = true;
            latest = null;
            throw new IllegalStateException("update " + before.number + " was still reading the model when update "
                    + number
                    + " began, and nothing had waited for it, so it is discarded: call its ticket's gate(stream)"
                    + " before anything writes to the parameters (AveragingHandler.optimizerStepping does)");
        }
    }

    private void awaitCarriers() {
        while (flights.length == 0) {
            if (unmade != null) {
                throw unmade;
            }
            waitHere();
        }
    }

    private void awaitFree(Flight flight) {
        while (flight.stage != Stage.FREE) {
            waitHere();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void waitHere() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "the thread was interrupted while it waited for an update to end; the next was not begun", e);
        }
    }

    private synchronized void free(Flight flight) {
        flight.stage = Stage.FREE;
        notifyAll();
    }

    private synchronized void depart(Flight flight, long number, long began) {
        flight.number = number;
        flight.began = began;
        flight.mixed = flight.began - 1; // not yet
        flight.gated = false;
        flight.discarded = false;
        flight.failure = null;
        flight.departed = true;
        latest = flight;
        latestBegun = number;
        leftOut = 0;
        next = (next + 1) % flights.length;
        notifyAll();
    }

    /** Throws what a reader or the next update has to know, once; that memory was lost, until it is mended. */
    private void throwFailures() {
        if (lost != null) {
            throw lost;
        }
        for (Flight flight : flights) {
            if (!flight.discarded) { // the call that discarded it has said so
                flight.throwFailure();
            }
        }
    }

    /** The thread of the background. */
    private void work(Supplier<List<ModelTransport>> making) {
        Flight[] made = make(making);
        int turn = 0;
        while (made.length > 0) {
            Flight flight = made[turn];
            if (!awaitDeparture(flight)) {
                break;
            }
            make(flight);
            turn = (turn + 1) % made.length;
        }
    }

    private Flight[] make(Supplier<List<ModelTransport>> making) {
        Flight[] made = {};
        RuntimeException failure = null;
        try {
            made = making.get().stream().map(Flight::new).toArray(Flight[]::new);
        } catch (RuntimeException e) {
            failure = e;
        } catch (OutOfMemoryError e) {
            failure = new IllegalStateException("there is no memory for the average's stagings: " + e.getMessage(), e);
        }
        synchronized (this) {
            flights = made;
            unmade = failure;
            notifyAll();
        }
        return made;
    }

    private synchronized boolean awaitDeparture(Flight flight) {
        while (flight.stage != Stage.COPYING || !flight.departed) {
            if (closing) {
                return false;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                return false; // only a close that has waited for long interrupts
            }
        }
        return true;
    }

    private void make(Flight flight) {
        RuntimeException failure = null;
        MemoryLostException loss = null;
        try {
            flight.carrier.bring();
            if (arrive(flight)) {
                fold(flight);
            } else {
                failure = failed(
                        flight.number, new IllegalStateException("the model may have changed while it was read"));
            }
        } catch (MemoryLostException e) {
            loss = e;
        } catch (Throwable e) { // an InternalError of lost memory may come late
            failure = failed(flight.number, e);
        }
        end(flight, failure, loss);
    }

    private static UpdateFailedException failed(long number, Throwable cause) {
        return new UpdateFailedException(
                "update " + number + " was not made; the average is as it was before: " + cause.getMessage(), cause);
    }

    /** The copies are there: whether they may be mixed in. */
    private synchronized boolean arrive(Flight flight) {
        flight.copied = System.nanoTime();
        copying += flight.copied - flight.began;
        bytes += flight.carrier.bytes();
        flight.stage = Stage.FOLDING;
        notifyAll();
        return !flight.discarded;
    }

    private void fold(Flight flight) throws InterruptedException {
        folding.lockInterruptibly();
        long since = System.nanoTime();
        try {
            flight.carrier.fold();
        } finally {
            folding.unlock();
        }
        synchronized (this) {
            flight.mixingBegan = since;
            flight.mixed = System.nanoTime();
            mixing += flight.mixed - since;
            updates++;
            latestMade = flight.number;
        }
    }

    private synchronized void end(
            Flight flight, @Nullable RuntimeException failure, @Nullable MemoryLostException loss) {
        flight.failure = loss != null ? loss : failure;
        if (flight.failure != null) {
            failed++;
        }
        if (loss != null) {
            lost = loss;
        }
        flight.stage = Stage.FREE;
        notifyAll();
    }

    @Override
    public boolean isBlocking() {
        return offload.mode() == Offload.Mode.BLOCKING;
    }

    @Override
    public void copyAll() {
        copyAll.run();
        synchronized (this) {
            lost = null;
        }
    }

    @Override
    public synchronized void mended() {
        lost = null;
    }

    @Override
    public synchronized int leftOut() {
        return leftOut;
    }

    @Override
    public void settle() {
        Uninterrupted.await(this::awaitAll);
        synchronized (this) {
            throwFailures();
        }
    }

    private synchronized void awaitAll() throws InterruptedException {
        while (Arrays.stream(flights).anyMatch(flight -> flight.stage != Stage.FREE)) {
            wait();
        }
    }

    @Override
    public void hold() {
        folding.lock();
    }

    @Override
    public void goOn() {
        folding.unlock();
    }

    @Override
    public synchronized @Nullable MemoryStore parking() {
        return flights.length == 0 ? null : flights[0].carrier.staging();
    }

    @Override
    public synchronized OffloadStats stats() {
        return new OffloadStats(updates, bytes, copying, mixing, waited, skipped, failed, latestBegun - latestMade);
    }

    @Override
    public synchronized long elementsLeft() {
        return Arrays.stream(flights)
                .mapToLong(flight -> flight.carrier.elementsLeft())
                .sum();
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        long until = System.nanoTime() + LONGEST_CLOSE_MILLIS * 1_000_000;
        Uninterrupted.await(() -> thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000)));
        if (thread.isAlive()) {
            thread.interrupt();
            LOGGER.log(
                    Level.WARNING,
                    "an update has been under way for {0} s, so the memory that it uses is not freed: the GPU hangs",
                    LONGEST_CLOSE_MILLIS / 1000);
            return;
        }
        try (Resources resources = new Resources()) {
            Arrays.stream(flights).forEach(flight -> resources.keep(flight.carrier));
        }
    }
}
