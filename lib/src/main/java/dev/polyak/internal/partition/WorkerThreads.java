package dev.polyak.internal.partition;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of this JVM that help with averaging: one fewer than there are processors, started when first needed,
 * parked in between.
 *
 * <p>Executors allocate 64 to 136 bytes a task and reused fork-join tasks 23; this allocates nothing. One task runs at
 * a time. Whoever comes while the helpers are busy works alone, which is no slower: the processors are busy.
 */
public final class WorkerThreads {
    private static final WorkerThreads SHARED =
            new WorkerThreads(Runtime.getRuntime().availableProcessors() - 1);
    /** A helper looks again this often, about a microsecond, before it parks. */
    private static final int SPINS = 100;
    /** Before it parks, a caller looks for as long as a helper's last piece takes: to be woken takes longer. */
    private static final long SPIN_NANOS = 20_000;

    private final @Nullable Helper[] helpers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicInteger running = new AtomicInteger();
    /** How many helpers the task is offered to; written before the offers. */
    private int wanted;

    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;

    /** Work that is divided among those who call it: each takes the next piece until none is left. */
    public interface Task {
        /**
         * Takes part in the work.
         *
         * @param worker number of the participant: 0 for the caller, below the number of threads
         */
        void run(int worker);
    }

    WorkerThreads(int helpers) {
        this.helpers = new Helper[helpers];
    }

    /** The threads of this JVM. */
    public static WorkerThreads shared() {
        return SHARED;
    }

    /** The most threads that can take part in a task, the caller among them. */
    public int size() {
        return helpers.length + 1;
    }

    /**
     * Runs a task on the calling thread and up to threads − 1 helpers, and returns when all that have begun are done: a
     * helper that comes when the caller is through is not waited for. An interrupt does not end it. If participants
     * fail, the first failure is thrown when all are done.
     */
    public void run(Task task, int threads) {
        int most = Math.min(threads - 1, helpers.length);
        if (most <= 0 || !busy.compareAndSet(false, true)) {
            task.run(0);
            return;
        }
        try {
            failure = null;
            caller = Thread.currentThread();
            wanted = started(most);
            running.set(wanted);
            for (int worker = 1; worker <= wanted; worker++) {
                helper(worker).offered.set(task);
            }
            wakeBelow(0);
            try {
                task.run(0);
            } finally {
                for (int worker = 1; worker <= wanted; worker++) {
                    helper(worker).withdraw();
                }
                awaitHelpers();
            }
        } finally {
            caller = null;
            busy.set(false);
        }
        Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown != null) {
            throw (RuntimeException) thrown; // a task declares no checked exception
        }
    }

    private void awaitHelpers() {
        boolean interrupted = false;
        long begin = System.nanoTime();
        while (running.get() > 0) {
            if (System.nanoTime() - begin < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted(); // a pending interrupt would keep park from waiting
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts the first helpers, so many; says how many there are, should the system refuse more threads. */
    private int started(int most) {
        for (int i = 0; i < most; i++) {
            if (helpers[i] == null) {
                Helper helper = new Helper(i + 1);
                try {
                    helper.thread.start();
                } catch (OutOfMemoryError e) {
                    return i; // the work goes on with fewer
                }
                helpers[i] = helper;
            }
        }
        return most;
    }

    /**
     * Wakes two helpers, of which each wakes two more, as in a heap: to wake one takes microseconds, and so the last of
     * many does not wait for all others.
     */
    private void wakeBelow(int worker) {
        for (int next = 2 * worker + 1; next <= Math.min(2 * worker + 2, wanted); next++) {
            LockSupport.unpark(helper(next).thread);
        }
    }

    private Helper helper(int worker) {
        return Objects.requireNonNull(helpers[worker - 1]);
    }

    private final class Helper implements Runnable {
        final Thread thread;
        private final int worker;
        private final AtomicReference<@Nullable Task> offered = new AtomicReference<>();

        Helper(int worker) {
            this.worker = worker;
            this.thread = new Thread(this, "polyak-" + worker);
            thread.setDaemon(true);
        }

        /** Takes an offer back that this helper has not taken. */
        void withdraw() {
            if (offered.getAndSet(null) != null) {
                running.decrementAndGet();
            }
        }

        @Override
        public void run() {
            int spins = 0;
            while (true) {
                Task task = offered.get() == null ? null : offered.getAndSet(null);
                if (task == null) {
                    if (spins++ < SPINS) {
                        Thread.onSpinWait();
                    } else {
                        LockSupport.park(WorkerThreads.this);
                    }
                    continue;
                }
                spins = 0;
                wakeBelow(worker);
                try {
                    task.run(worker);
                } catch (Throwable e) {
                    failure = e;
                }
                Thread waiting = caller;
                if (running.decrementAndGet() == 0) {
                    LockSupport.unpark(waiting);
                }
            }
        }
    }
}
