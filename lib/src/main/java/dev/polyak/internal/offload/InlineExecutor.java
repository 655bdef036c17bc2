package dev.polyak.internal.offload;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.update.PolicyStep;
import org.jspecify.annotations.Nullable;

/** Averages on their model's own device: the caller makes the updates. */
public final class InlineExecutor implements UpdateExecutor {
    private final PolicyStep step;
    private final ReadingLock readings;

    public InlineExecutor(PolicyStep step, ReadingLock readings) {
        this.step = step;
        this.readings = readings;
    }

    @Override
    public UpdateTicket update(long number, @Nullable CudaStream stream) {
        readings.beginChange();
        try {
            return step.run(number, stream);
        } finally {
            readings.endChange();
        }
    }

    @Override
    public void copyAll() {
        step.engine().copyAll();
    }

    @Override
    public long elementsLeft() {
        return step.engine().elementsLeft();
    }

    @Override
    public void close() {
        step.close();
    }
}
