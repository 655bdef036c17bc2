package dev.polyak.checkpoint.framework.scheme;

import dev.polyak.tensor.LayoutMatch;

/** Many frameworks' average is a whole model, buffers and all, that is loaded as one. */
final class WholeModel {
    private WholeModel() {}

    static void require(AveragedState state, String framework) throws SchemeException {
        LayoutMatch match =
                LayoutMatch.of(state.model().layout(), state.average().layout());
        if (!match.missing().isEmpty()) {
            throw new SchemeException("cannot be written: an average of " + framework
                    + " has every tensor of its model, and this one leaves out '"
                    + match.missing().get(0)
                    + "'; choose another scheme, or a rule that holds it");
        }
    }
}
