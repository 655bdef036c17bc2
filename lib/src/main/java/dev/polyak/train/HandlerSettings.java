package dev.polyak.train;

/**
 * What a handler does at which events.
 *
 * @param filter at which events it updates, once it has begun
 * @param firstIteration number of the first iteration that averages; 0 if that is not what matters
 * @param firstEpoch number of the first epoch that averages; 0 if that is not what matters
 * @param everyIterationSteps whether every iteration has an optimizer step, announced or not
 * @param swapsInitial whether an average is swapped in that has never been updated
 */
record HandlerSettings(
        UpdateFilter filter, long firstIteration, long firstEpoch, boolean everyIterationSteps, boolean swapsInitial) {

    /** Whether an iteration of an epoch, both counted from 1, averages. */
    boolean beginsAt(long iteration, long epoch) {
        return iteration >= firstIteration && epoch >= firstEpoch;
    }
}
