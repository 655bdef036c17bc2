package dev.polyak.internal.update;

import static java.util.Objects.requireNonNull;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.offload.UpdateTimes;
import org.jspecify.annotations.Nullable;

/**
 * A ticket that is used again, so that an update allocates none. The place in which updates are made is used again much
 * sooner; a ticket and its place bear the same stamp as long as the place tells of the ticket's update.
 */
public final class StampedTicket implements UpdateTicket {
    private volatile @Nullable Place place;
    private volatile long stamp;
    private volatile long update;

    /** Where updates are made, one after the other. What it says is of the latest. */
    public interface Place {
        /** Another for each update that was made here. */
        long stamp();

        /** Number of the call. */
        long update();

        boolean isDone();

        /** Waits for the update of a stamp to end, and throws its failure. */
        void await(long ofStamp) throws InterruptedException;

        void gate() throws InterruptedException;

        void gate(CudaStream stream);

        double progress();

        UpdateTimes times();
    }

    /** Tickets in the order in which they are used again. */
    public static final class Ring {
        /** A ticket that is kept for fewer updates than this says that it is too old. */
        private static final int KEPT = 256;

        private final StampedTicket[] tickets;
        private long stamp;

        /** Tickets for some places that are in use at a time. */
        public Ring(int places) {
            tickets = new StampedTicket[places + KEPT];
            for (int i = 0; i < tickets.length; i++) {
                tickets[i] = new StampedTicket();
            }
        }

        /** A stamp that no place has had. */
        public long nextStamp() {
            return ++stamp;
        }

        /** The ticket of the update that has begun in a place. */
        public StampedTicket next(Place place) {
            long of = place.stamp();
            StampedTicket ticket = tickets[(int) (of % tickets.length)];
            ticket.stamp = of;
            ticket.update = place.update();
            ticket.place = place;
            return ticket;
        }
    }

    /** The ticket of an update that was done when it was returned. */
    public StampedTicket() {}

    private @Nullable Place current() {
        Place here = place;
        if (here != null && here.stamp() != stamp) {
            throw new IllegalStateException("this is the ticket of update " + update + ", and update " + here.update()
                    + " has been begun in its place since: keep the ticket of the latest update only");
        }
        return here;
    }

    @Override
    public long update() {
        return update;
    }

    @Override
    public boolean isDone() {
        Place here = current();
        return here == null || here.isDone();
    }

    @Override
    public void await() throws InterruptedException {
        long mine = stamp;
        Place here = current();
        if (here != null) {
            here.await(mine);
        }
    }

    @Override
    public void gate() throws InterruptedException {
        Place here = current();
        if (here != null) {
            here.gate();
        }
    }

    @Override
    public void gate(CudaStream stream) {
        requireNonNull(stream, "stream");
        Place here = current();
        if (here != null) {
            here.gate(stream);
        }
    }

    @Override
    public double progress() {
        Place here = current();
        return here == null ? 1 : here.progress();
    }

    @Override
    public UpdateTimes times() {
        Place here = current();
        return here == null ? UpdateTimes.NONE : here.times();
    }
}
