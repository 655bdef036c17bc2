package dev.polyak.cli.demo;

import dev.polyak.Device;
import java.util.List;

/**
 * What the demonstration found.
 *
 * @param seed what decided all that is random
 * @param choice where averages were made, and why there
 * @param curve all epochs
 * @param stoppedAfter the epoch after which training was stopped and resumed; the offline average is that of the later
 *     ones
 * @param sameBits whether it ended in the same bits as without the stop
 * @param offline accuracy of the offline average, 0 to 1
 */
record Outcome(long seed, Device.Choice choice, List<Epoch> curve, int stoppedAfter, boolean sameBits, double offline) {
    int epochs() {
        return curve.size();
    }
}
