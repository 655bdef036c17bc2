package dev.polyak.internal.offload;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.StampedTicket;
import dev.polyak.offload.Offload;
import dev.polyak.offload.OffloadStats;
import dev.polyak.offload.UpdateTimes;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Averages on another device than their model's, or on the same but made in the background: an update is begun by the
 * thread that trains, and made by a thread of this object, in order. Bounded: there are as many updates under way as
 * there are transports.
 */
public final class BackgroundExecutor implements UpdateExecutor {
    /** How long a close waits for what is under way. */
    private static final long LONGEST_CLOSE_MILLIS = 30_000;

    private final Offload offload;
    private final List<PlannedCall> plans;
    private final Runnable copyAll;
    private final Thread thread;
    private final ReadingLock readings;
    private final StampedTicket.Ring tickets;

    // All below: under this object's monitor.
    private PendingUpdate[] pending = {};
    private @Nullable RuntimeException missing;
    private int next;
    private @Nullable PendingUpdate latest;
    private @Nullable MemoryLostException lost;
    private int skippedSinceLast;
    private boolean closing;
    private final Figures figures = new Figures();

    /**
     * Begins the background's work: first it makes the transports, which takes a while where memory has to be pinned.
     *
     * @param plans what each call is to do, at the time of {@link #update}
     * @param making makes a transport for each update that may be under way
     * @param readings holds updates back, not what brings the model's numbers
     * @param copyAll copies the model to every average
     */
    public BackgroundExecutor(
            Offload offload,
            List<PlannedCall> plans,
            Supplier<List<ModelTransport>> making,
            ReadingLock readings,
            Runnable copyAll) {
        this.offload = offload;
        this.readings = readings;
        this.tickets = new StampedTicket.Ring(offload.stagings());
        this.plans = plans;
        this.copyAll = copyAll;
        this.thread = new Thread(() -> work(making), "polyak-background");
        thread.setDaemon(true);
        thread.start();
    }

    private enum Stage {
        FREE,
        CLAIMED,
        COPYING,
        UPDATING
    }

    /** An update under way, or room for one. */
    private final class PendingUpdate implements StampedTicket.Place {
        final ModelTransport transport;
        Stage stage = Stage.FREE;
        long stamp;
        long number;
        long began;
        long copied;
        long updatingBegan;
        long mixed;
        boolean gated;
        boolean discarded;

        @Nullable
        RuntimeException failure;

        PendingUpdate(ModelTransport transport) {
            this.transport = transport;
        }

        @Override
        public long stamp() {
            synchronized (BackgroundExecutor.this) {
                return stamp;
            }
        }

        @Override
        public long update() {
            synchronized (BackgroundExecutor.this) {
                return number;
            }
        }

        @Override
        public boolean isDone() {
            synchronized (BackgroundExecutor.this) {
                return stage == Stage.FREE;
            }
        }

        @Override
        public void await(long ofStamp) throws InterruptedException {
            synchronized (BackgroundExecutor.this) {
                while (stage != Stage.FREE && stamp == ofStamp) {
                    requireNoReadingHere();
                    BackgroundExecutor.this.wait();
                }
                if (stamp == ofStamp) {
                    throwFailure();
                }
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
            transport.gate();
            markGated();
        }

        @Override
        public void gate(CudaStream stream) {
            transport.gate(stream);
            markGated();
        }

        @Override
        public UpdateTimes times() {
            synchronized (BackgroundExecutor.this) {
                return stage == Stage.FREE && mixed - began > 0
                        ? new UpdateTimes(began, copied, updatingBegan, mixed)
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
                    case CLAIMED, COPYING -> 0;
                    case UPDATING -> 0.5;
                    case FREE -> 1;
                };
            }
        }
    }

    @Override
    public UpdateTicket update(long number, @Nullable CudaStream stream) {
        PendingUpdate update = claim(number);
        if (update == null) {
            return UpdateTicket.DONE; // left out
        }
        long began = System.nanoTime();
        try {
            update.transport.begin(stream);
        } catch (RuntimeException e) {
            free(update); // what is lost are the staging's numbers, not the average's
            throw e instanceof MemoryLostException ? failed(number, e) : e;
        }
        return submit(update, number, began);
    }

    /** Takes a free place and plans an update; null if there is none and the update is left out. */
    private synchronized @Nullable PendingUpdate claim(long number) {
        awaitTransports();
        throwFailures();
        discardUngated(number);
        PendingUpdate update = pending[next];
        if (update.stage != Stage.FREE) {
            if (offload.whenBusy() == Offload.WhenBusy.SKIP) {
                skippedSinceLast++;
                figures.skipped(number);
                return null;
            }
            long since = System.nanoTime();
            while (update.stage != Stage.FREE) {
                requireNoReadingHere();
                waitHere();
            }
            figures.waited(System.nanoTime() - since);
            throwFailures();
        }
        update.stage = Stage.CLAIMED;
        for (int k = 0; k < plans.size(); k++) {
            update.transport.calls().get(k).copyFrom(plans.get(k));
        }
        return update;
    }

    private void discardUngated(long number) {
        PendingUpdate before = latest;
        if (before != null && before.stage == Stage.COPYING && !before.gated && !before.transport.isRead()) {
            before.discarded = true;
            latest = null;
            throw new IllegalStateException("update " + before.number + " was still reading the model when update "
                    + number
                    + " began, and nothing had waited for it, so it is discarded: call its ticket's gate(stream)"
                    + " before anything writes to the parameters (AveragingHandler.optimizerStepping does)");
        }
    }

    private void awaitTransports() {
        while (pending.length == 0) {
            if (missing != null) {
                throw missing;
            }
            waitHere();
        }
    }

    /** Refuses to wait for an update for which this thread itself has to make way. */
    private void requireNoReadingHere() {
        if (readings.isReadHere()) {
            throw new IllegalStateException(
                    "an update is under way that cannot end while this thread reads the average:"
                            + " close the scope that reading() returned first");
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

    private synchronized void free(PendingUpdate update) {
        update.stage = Stage.FREE;
        notifyAll();
    }

    private synchronized UpdateTicket submit(PendingUpdate update, long number, long began) {
        update.stamp = tickets.nextStamp();
        update.number = number;
        update.began = began;
        update.mixed = update.began - 1; // not yet
        update.gated = false;
        update.discarded = false;
        update.failure = null;
        update.stage = Stage.COPYING;
        latest = update;
        figures.begun(number);
        skippedSinceLast = 0;
        next = (next + 1) % pending.length;
        notifyAll();
        return tickets.next(update);
    }

    /** Throws what a reader or the next update has to know, once; that memory was lost, until that is cleared. */
    private void throwFailures() {
        if (lost != null) {
            throw lost;
        }
        for (PendingUpdate update : pending) {
            if (!update.discarded) { // the call that discarded it has said so
                update.throwFailure();
            }
        }
    }

    /** The thread of the background. */
    private void work(Supplier<List<ModelTransport>> making) {
        PendingUpdate[] made = make(making);
        int turn = 0;
        while (made.length > 0) {
            PendingUpdate update = made[turn];
            if (!awaitSubmission(update)) {
                break;
            }
            make(update);
            turn = (turn + 1) % made.length;
        }
    }

    private PendingUpdate[] make(Supplier<List<ModelTransport>> making) {
        PendingUpdate[] made = {};
        RuntimeException failure = null;
        try {
            made = making.get().stream().map(PendingUpdate::new).toArray(PendingUpdate[]::new);
        } catch (RuntimeException e) {
            failure = e;
        } catch (OutOfMemoryError e) {
            failure = new IllegalStateException("there is no memory for the average's stagings: " + e.getMessage(), e);
        }
        synchronized (this) {
            pending = made;
            missing = failure;
            notifyAll();
        }
        return made;
    }

    private synchronized boolean awaitSubmission(PendingUpdate update) {
        while (update.stage != Stage.COPYING) {
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

    private void make(PendingUpdate update) {
        RuntimeException failure = null;
        MemoryLostException loss = null;
        boolean changing = false;
        try {
            update.transport.awaitCopy();
            if (endCopy(update)) {
                readings.beginChangeInterruptibly();
                changing = true;
                apply(update);
            } else {
                failure = failed(
                        update.number, new IllegalStateException("the model may have changed while it was read"));
            }
        } catch (MemoryLostException e) {
            loss = e;
        } catch (Throwable e) { // an InternalError of lost memory may come late
            failure = failed(update.number, e);
        }
        end(update, failure, loss);
        if (changing) {
            readings.endChange(); // so that a reader finds no update under way that was made already
        }
    }

    private static UpdateFailedException failed(long number, Throwable cause) {
        return new UpdateFailedException(
                "update " + number + " was not made; the average is as it was before: " + cause.getMessage(), cause);
    }

    /** The copies are there: whether they may be mixed in. */
    private synchronized boolean endCopy(PendingUpdate update) {
        update.copied = System.nanoTime();
        figures.copied(update.copied - update.began, update.transport.bytes());
        update.stage = Stage.UPDATING;
        notifyAll();
        return !update.discarded;
    }

    private void apply(PendingUpdate update) {
        long since = System.nanoTime();
        update.transport.update(update.number);
        synchronized (this) {
            update.updatingBegan = since;
            update.mixed = System.nanoTime();
            figures.mixed(update.number, update.mixed - since);
        }
    }

    private synchronized void end(
            PendingUpdate update, @Nullable RuntimeException failure, @Nullable MemoryLostException loss) {
        update.failure = loss != null ? loss : failure;
        if (update.failure != null) {
            figures.failed();
        }
        if (loss != null) {
            lost = loss;
        }
        update.stage = Stage.FREE;
        notifyAll();
    }

    @Override
    public boolean isBlocking() {
        return offload.mode() == Offload.Mode.BLOCKING;
    }

    @Override
    public void copyAll() {
        copyAll.run();
    }

    @Override
    public synchronized @Nullable MemoryLostException loss() {
        return lost;
    }

    @Override
    public synchronized void restart(long calls) {
        lost = null;
        skippedSinceLast = 0;
        Arrays.stream(pending).forEach(update -> update.failure = null);
        figures.restart(calls);
    }

    @Override
    public synchronized long pending() {
        return Arrays.stream(pending)
                .filter(update -> update.stage == Stage.COPYING || update.stage == Stage.UPDATING)
                .mapToLong(update -> update.number)
                .min()
                .orElse(0);
    }

    @Override
    public synchronized int skippedSinceLast() {
        return skippedSinceLast;
    }

    @Override
    public void settle() {
        Waits.uninterrupted(this::awaitAll);
        synchronized (this) {
            throwFailures();
        }
    }

    private synchronized void awaitAll() throws InterruptedException {
        while (Arrays.stream(pending).anyMatch(update -> update.stage != Stage.FREE)) {
            requireNoReadingHere();
            wait();
        }
    }

    @Override
    public synchronized @Nullable MemoryStore parking() {
        return pending.length == 0 ? null : pending[0].transport.staging();
    }

    @Override
    public synchronized OffloadStats stats() {
        return figures.stats();
    }

    @Override
    public synchronized long elementsLeft() {
        return Arrays.stream(pending)
                .mapToLong(update -> update.transport.elementsLeft())
                .sum();
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        long until = System.nanoTime() + LONGEST_CLOSE_MILLIS * 1_000_000;
        Waits.uninterrupted(() -> thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000)));
        if (thread.isAlive()) {
            thread.interrupt();
            throw new IllegalStateException("an update has been under way for " + LONGEST_CLOSE_MILLIS / 1000
                    + " s, so that the memory that it uses is not freed: the GPU hangs; close the average again later");
        }
        try (Resources resources = new Resources()) {
            Arrays.stream(pending).forEach(update -> resources.keep(update.transport));
        }
    }
}
