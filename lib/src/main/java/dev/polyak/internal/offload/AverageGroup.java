package dev.polyak.internal.offload;

import dev.polyak.AverageCounters;
import dev.polyak.ParameterStore;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.ModelSwap;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.Counters;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.offload.OffloadStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The averages that share each reading of a model, and the state that they are in together.
 *
 * <p>They are live, until a swap puts one of them into the model's place, memory is lost in the middle of a change, or
 * they are closed. A swap that is undone makes them live again; so does replacing the numbers of torn ones. Nothing
 * leads out of closed. Changes are made by one thread at a time, or by the background's; the state is read by any.
 */
public final class AverageGroup implements AutoCloseable {
    /** How long a close waits for readings. */
    private static final long LONGEST_CLOSE_MILLIS = 30_000;

    private static final Set<State> LIVE = Set.of(State.LIVE);
    private static final Set<State> CHANGEABLE = Set.of(State.LIVE, State.TORN);

    private final MemoryStore online;
    private final List<PlannedCall> plans;
    private final List<MemoryStore> averages;
    private final Counters counters;
    private final ReadingLock readings;
    private final UpdateExecutor executor;
    private volatile State state = State.LIVE;
    /** Why they are torn. */
    private volatile @Nullable RuntimeException torn;
    /** The latest swap. One that could not be undone when it failed to begin is not over, though all is live. */
    private @Nullable ModelSwap swap;

    private boolean undoFailed;
    private boolean freed;

    enum State {
        LIVE,
        SWAPPED,
        TORN,
        CLOSED
    }

    /** Takes over the averages' memory and the executor, and begins with the model's present numbers. */
    public AverageGroup(
            MemoryStore online,
            List<PlannedCall> plans,
            List<MemoryStore> averages,
            Counters counters,
            ReadingLock readings,
            UpdateExecutor executor) {
        this.online = online;
        this.plans = plans;
        this.averages = averages;
        this.counters = counters;
        this.readings = readings;
        this.executor = executor;
        averages.forEach(MemoryStore::adopt);
        try {
            begin();
        } catch (RuntimeException | Error e) {
            try {
                close();
            } catch (RuntimeException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    public MemoryStore online() {
        return online;
    }

    public List<PlannedCall> plans() {
        return plans;
    }

    /** The averages' memory, whatever is in it. */
    public List<MemoryStore> memory() {
        return averages;
    }

    public OffloadStats stats() {
        return executor.stats();
    }

    public long skippedUpdates() {
        return counters.skippedUpdates();
    }

    /** Makes the next call, or begins its update. */
    public UpdateTicket call(@Nullable CudaStream stream) {
        require(LIVE);
        requireModel();
        long number = counters.calls() + 1;
        boolean something = false;
        int skippedSinceLast = executor.skippedSinceLast();
        for (int k = 0; k < plans.size(); k++) {
            something |= plans.get(k).plan(number, skippedSinceLast);
        }
        UpdateTicket ticket = UpdateTicket.DONE;
        if (something) {
            try {
                ticket = executor.update(number, stream);
            } catch (MemoryLostException e) {
                tear(e);
                throw e;
            }
        }
        counters.called(number);
        if (stream == null || executor.isBlocking()) {
            awaitReading(ticket, number);
        }
        return ticket;
    }

    private static void awaitReading(UpdateTicket ticket, long number) {
        try {
            ticket.gate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "the thread was interrupted while update " + number
                            + " was reading the model: wait at its gate before the model is written to",
                    e);
        }
    }

    /** An average after the last complete update. */
    public MemoryStore store(int which) {
        settle();
        return averages.get(which);
    }

    /** A copy of an average, divided by what makes up for its start at zero. */
    public MemoryStore value(int which) {
        settle();
        MemoryStore average = averages.get(which);
        MemoryStore copy = MemoryStore.allocate(average.layout(), average.device());
        try {
            copy.copyFrom(average);
            double divisor = debiasing(which);
            if (divisor != 1) {
                copy.divide(plans.get(which).averaged(), divisor);
            }
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
        return copy;
    }

    private double debiasing(int which) {
        return plans.get(which).debiasing(counters.calls());
    }

    public AverageCounters counters(int which) {
        awaitUpdates();
        return counters.of(which, counters.calls(), 0);
    }

    public long skippedElements() {
        awaitUpdates();
        return executor.elementsLeft();
    }

    /** Begins a reading of this thread, and says how far the averages have come that it reads. */
    public List<AverageCounters> beginReading() {
        readings.beginReading();
        try {
            require(LIVE);
            MemoryLostException loss = executor.loss();
            if (loss != null) {
                throw torn(loss);
            }
            long calls = counters.calls(); // first: a call may begin as soon as nothing is pending
            long pending = executor.pending();
            List<AverageCounters> each = new ArrayList<>();
            for (int k = 0; k < averages.size(); k++) {
                each.add(counters.of(k, calls, pending));
            }
            return each;
        } catch (RuntimeException | Error e) {
            endReading(Thread.currentThread());
            throw e;
        }
    }

    /** Ends a reading of the thread that began it. */
    public void endReading(Thread reader) {
        readings.endReading(reader);
    }

    /** Puts an average into the model's place. */
    public ModelSwap beginSwap(int which) {
        settle();
        requireModel();
        readings.beginChange();
        try {
            ModelSwap begun = swapOf(which);
            swap = begun;
            state = State.SWAPPED;
            return begun;
        } finally {
            readings.endChange();
        }
    }

    private ModelSwap swapOf(int which) {
        MemoryStore average = averages.get(which);
        MemoryStore free = executor.parking();
        MemoryStore parking = free != null && free.layout().equals(online.layout()) ? free : null;
        boolean debiased = debiasing(which) != 1;
        try {
            if (!debiased) {
                return ModelSwap.begin(online, average, parking);
            }
            try (ParameterStore value = value(which)) {
                return ModelSwap.park(online, value, parking);
            }
        } catch (MemoryLostException e) {
            if (online.occupant() instanceof ModelSwap unrestored) {
                swap = unrestored;
            } else if (!debiased && ModelSwap.isExchangeable(online, average)) {
                tear(e); // a part of the average may be in the model's place
            }
            throw e;
        }
    }

    /** Brings the model's numbers back. */
    public void endSwap(ModelSwap which) {
        try {
            which.undo();
        } finally {
            MemoryLostException loss = which.loss();
            if (which.isOver() && state == State.SWAPPED) {
                if (loss == null) {
                    state = State.LIVE;
                } else {
                    tear(loss);
                }
            }
        }
    }

    /** Begins anew from the model's present numbers. Allocates nothing. */
    public void restart() {
        require(CHANGEABLE);
        quiesce();
        begin();
    }

    private void begin() {
        requireModel();
        readings.beginChange();
        try {
            executor.copyAll();
            for (int k = 0; k < averages.size(); k++) {
                if (plans.get(k).startsAtZero()) {
                    averages.get(k).zero(plans.get(k).averaged());
                }
            }
            executor.restart(0);
            counters.restart();
            mend();
        } catch (MemoryLostException | CudaException e) {
            tear(e);
            throw e;
        } finally {
            readings.endChange();
        }
    }

    /** Goes on from other counters and numbers. */
    public void restore(List<AverageCounters> states, List<? extends ParameterStore> numbers) {
        require(CHANGEABLE);
        int count = averages.size();
        if (numbers.size() != count || states.size() != count) {
            throw new IllegalArgumentException("there are " + count + " averages to restore, from " + numbers.size()
                    + " stores" + (states.size() == count ? "" : " and " + states.size() + " counters"));
        }
        long calls = states.get(0).calls();
        if (states.stream().anyMatch(each -> each.calls() != calls)) {
            throw new IllegalArgumentException("averages that share their readings have the same calls, not " + states);
        }
        for (int k = 0; k < count; k++) {
            averages.get(k).requireAllOf(numbers.get(k));
        }
        quiesce();
        readings.beginChange();
        try {
            for (int k = 0; k < count; k++) {
                averages.get(k).copyFrom(numbers.get(k));
            }
            executor.restart(calls);
            counters.restart(states);
            mend();
        } catch (MemoryLostException | CudaException e) {
            tear(e);
            throw e;
        } finally {
            readings.endChange();
        }
    }

    /** Frees everything, after a swap is undone and the readings have ended; called again, what could not be freed. */
    @Override
    public void close() {
        if (freed) {
            return;
        }
        readings.requireNoneHere();
        ModelSwap left = swap;
        boolean swapped = left != null && state == State.SWAPPED;
        RuntimeException lost = null;
        if (left != null && swapped && !undoFailed) {
            try {
                endSwap(left);
            } catch (MemoryLostException | CudaException e) {
                if (!left.isOver()) {
                    undoFailed = true;
                    throw e;
                }
                lost = e;
            }
        }
        state = State.CLOSED;
        awaitReaders();
        try (Resources resources = new Resources()) {
            resources.keep(this::freeMemory);
            resources.keep(executor);
            if (left != null) {
                resources.keep(left::discard);
                if (swapped) {
                    resources.keep(left::undo); // once more, if that has failed
                }
            }
        }
        freed = true;
        if (lost != null) {
            throw lost;
        }
    }

    private void awaitReaders() {
        boolean[] none = {false};
        Waits.uninterrupted(() -> none[0] = readings.awaitNone(LONGEST_CLOSE_MILLIS));
        if (!none[0]) {
            throw new IllegalStateException("the average is still being read after " + LONGEST_CLOSE_MILLIS / 1000
                    + " s, so nothing is freed: close the scope that reading() returned, then the average again");
        }
    }

    private void freeMemory() {
        if (!executor.isRunning()) {
            try (Resources resources = new Resources()) {
                averages.forEach(average -> resources.keep(average::free));
            }
        }
    }

    private void settle() {
        require(LIVE);
        awaitUpdates();
        require(LIVE);
    }

    /** Waits until no update is under way. If memory was lost meanwhile, the averages are torn, in whatever state. */
    private void awaitUpdates() {
        try {
            executor.settle();
        } catch (MemoryLostException e) {
            if (state == State.LIVE) {
                tear(e);
            }
        }
    }

    /** Lets what is under way end, however it does. */
    private void quiesce() {
        try {
            executor.settle();
        } catch (UpdateFailedException | MemoryLostException e) {
            // All numbers are replaced now.
        }
    }

    private void tear(RuntimeException cause) {
        torn = cause;
        state = State.TORN;
    }

    private void mend() {
        torn = null;
        state = State.LIVE;
    }

    /** Refuses what is not allowed in the present state. */
    private void require(Set<State> allowed) {
        State now = state;
        if (!allowed.contains(now)) {
            throw switch (now) {
                case CLOSED -> new IllegalStateException("this average is closed");
                case SWAPPED ->
                    new IllegalStateException(
                            "this average is swapped into the model: close the scope that swap() returned first");
                case LIVE, TORN -> torn(torn);
            };
        }
    }

    private static IllegalStateException torn(@Nullable RuntimeException cause) {
        return new IllegalStateException(
                "this average is torn since memory was lost: restart() it, or restore() it from a saved one", cause);
    }

    private void requireModel() {
        online.requireUnmoved();
        if (online.occupant() != null) {
            throw new IllegalStateException(
                    "another average is in this model's place: close the scope that its swap() returned first");
        }
        for (int k = 0; k < averages.size(); k++) { // an iterator would be allocated
            if (averages.get(k).occupant() != null) {
                throw new IllegalStateException("an average of this average is in its place: close the scope that its"
                        + " swap() returned first");
            }
        }
    }

    /** What the averages are and how far they have come, without waiting for anything. */
    @Override
    public String toString() {
        MemoryStore first = averages.get(0);
        List<?> rules = plans.stream().map(PlannedCall::rule).toList();
        return (rules.size() == 1 ? rules.get(0) : rules) + ", " + counters.updates(0) + " updates in "
                + counters.calls() + " calls, " + first.layout() + " on " + first.device() + ", "
                + state.name().toLowerCase(Locale.ROOT);
    }
}
