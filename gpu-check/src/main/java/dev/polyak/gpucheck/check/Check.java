package dev.polyak.gpucheck.check;

/** Something that must be the same on the GPU as on the CPU. */
public interface Check {
    /** What is checked, for people. */
    String name();

    /**
     * Does it on both.
     *
     * @param bench with what
     * @param comparison is told what has to be the same
     * @throws Exception if it cannot be done; the check has failed then
     */
    void run(Bench bench, Comparison comparison) throws Exception;

    /** Runs the check to its end, whatever happens. */
    default Outcome outcome(Bench bench) {
        Comparison comparison = new Comparison();
        try {
            run(bench, comparison);
            return comparison.outcome(name());
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Outcome(name(), false, comparison.values(), "stopped by " + e);
        }
    }
}
