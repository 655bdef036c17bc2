package dev.polyak.internal.update;

import dev.polyak.NonFinitePolicy;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.NonFiniteException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.tensor.ParameterLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One update: looks for infinities and NaNs if it must, does the work, counts it, and watches for stalls. */
public final class PolicyStep implements AutoCloseable {
    private final UpdateEngine engine;
    private final List<PlannedCall> calls;
    private final NonFinitePolicy policy;
    private final ParameterLayout layout;
    private final StallWatch stallWatch;
    private final Counters progress;

    public PolicyStep(
            MemoryStore source,
            List<MemoryStore> averages,
            List<PlannedCall> calls,
            NonFinitePolicy policy,
            int threads,
            Counters progress) {
        this.calls = calls;
        this.policy = policy;
        this.progress = progress;
        this.layout = averages.get(0).layout();
        this.engine = UpdateEngine.on(source, averages, calls, policy == NonFinitePolicy.SKIP_ELEMENT, threads);
        this.stallWatch = new StallWatch(averages.get(0), source, calls.get(0).treatments());
    }

    public UpdateEngine engine() {
        return engine;
    }

    /**
     * Makes the planned update.
     *
     * @param number of the call
     * @param stream where it is to be enqueued; null: it is done on return
     * @throws NonFiniteException if the policy is to stop; nothing has changed then
     */
    public UpdateTicket run(long number, @Nullable CudaStream stream) {
        boolean updating = false;
        for (int k = 0; k < calls.size(); k++) {
            updating |= calls.get(k).updates();
        }
        if (updating && !acceptsSource(stream)) {
            progress.skipped(number);
            return UpdateTicket.DONE;
        }
        stallWatch.beforeUpdate(updating);
        UpdateTicket ticket = engine.apply(number, stream);
        progress.made(number, calls);
        stallWatch.afterUpdate();
        return ticket;
    }

    /** Whether the policy lets the source in as it is. */
    private boolean acceptsSource(@Nullable CudaStream stream) {
        if (policy != NonFinitePolicy.SKIP_UPDATE && policy != NonFinitePolicy.ABORT) {
            return true;
        }
        UpdateEngine.NonFiniteCount found = stream == null ? engine.countNonFinite() : engine.countNonFinite(stream);
        if (found.elements() > 0 && policy == NonFinitePolicy.ABORT) {
            throw new NonFiniteException("the source holds " + found.elements()
                    + " infinite or NaN elements, in tensor '"
                    + layout.tensor(found.tensor()).name()
                    + "' among others; the average is as it was before this update");
        }
        return found.elements() == 0;
    }

    @Override
    public void close() {
        engine.close();
    }
}
