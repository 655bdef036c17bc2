package dev.polyak;

import java.util.List;

/** Brings a model whole: to a staging of its layout, from which it is mixed in when all of it is there. */
abstract sealed class WholeCarrier implements Carrier permits HostCarrier, StagingCarrier {
    final MemoryStore staging;
    private final AverageStep step;
    private final List<PlannedCall> calls;

    WholeCarrier(MemoryStore staging, AverageStep step, List<PlannedCall> calls) {
        this.staging = staging;
        this.step = step;
        this.calls = calls;
    }

    @Override
    public final List<PlannedCall> calls() {
        return calls;
    }

    @Override
    public final void fold() {
        step.run(null);
    }

    @Override
    public final void abandon() {} // nothing has been mixed in

    @Override
    public final long bytes() {
        return staging.layout().byteSize();
    }

    @Override
    public final MemoryStore staging() {
        return staging;
    }

    @Override
    public final long elementsLeft() {
        return step.work().elementsLeft();
    }
}
