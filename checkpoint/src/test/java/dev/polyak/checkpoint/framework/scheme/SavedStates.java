package dev.polyak.checkpoint.framework.scheme;

import java.util.Optional;
import java.util.OptionalLong;

/** States for tests of other packages. */
public final class SavedStates {
    private SavedStates() {}

    /** A state that says nothing. */
    public static SavedState empty() {
        return new SavedState(
                Optional.empty(),
                Optional.empty(),
                false,
                new CountedCalls(0, 0),
                OptionalLong.empty(),
                Optional.empty());
    }
}
