package dev.polyak.frameworks;

import dev.polyak.rule.AverageRule;

/** A rule that follows a power function, so that its averages can be combined {@linkplain PostHoc post hoc}. */
interface PowerProfile extends AverageRule {

    /**
     * What its average is a snapshot of.
     *
     * @param calls how many calls there have been, at least 1
     */
    PostHoc.Snapshot snapshot(long calls);
}
