package dev.polyak.cli.compare;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Progress;
import dev.polyak.cli.console.Text;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Compares tensors by name, piece by piece, so that checkpoints may be larger than memory. */
final class CheckpointComparison {
    /** Two pieces of the widest type take 1 MB. */
    private static final int PIECE = 1 << 16;

    private final ParameterStore a;
    private final ParameterStore b;
    private final LayoutMatch match;

    CheckpointComparison(ParameterStore a, ParameterStore b) {
        this.a = a;
        this.b = b;
        this.match = LayoutMatch.of(a.layout(), b.layout());
    }

    /** Names in the first alone. */
    List<String> onlyInA() {
        return match.missing();
    }

    /** Names in the second alone. */
    List<String> onlyInB() {
        return match.unused();
    }

    /** Bytes that are going to be compared. */
    long bytes() {
        long bytes = 0;
        for (int i = 0; i < a.layout().size(); i++) {
            TensorSpec spec = a.layout().tensor(i);
            boolean compared = match.sourceOf(i) >= 0
                    && TensorResult.areComparable(spec, b.layout().tensor(match.sourceOf(i)));
            bytes += compared ? spec.bytes() : 0;
        }
        return bytes;
    }

    /**
     * Compares.
     *
     * @param progress told of bytes compared
     * @return a result for each tensor that both have, in the order of the first
     * @throws Failure if a file was truncated meanwhile
     */
    List<TensorResult> run(Progress progress) throws Failure {
        List<TensorResult> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate((long) PIECE * Long.BYTES, Long.BYTES);
            MemorySegment other = arena.allocate((long) PIECE * Long.BYTES, Long.BYTES);
            for (int i = 0; i < a.layout().size(); i++) {
                int j = match.sourceOf(i);
                if (j >= 0) {
                    results.add(compare(i, j, mine, other, progress));
                }
            }
        }
        return results;
    }

    private TensorResult compare(int i, int j, MemorySegment mine, MemorySegment other, Progress progress)
            throws Failure {
        TensorSpec one = a.layout().tensor(i);
        TensorSpec two = b.layout().tensor(j);
        Difference difference = new Difference();
        if (TensorResult.areComparable(one, two)) {
            try {
                compare(
                        one,
                        HostStore.of(a).segment(i),
                        two,
                        HostStore.of(b).segment(j),
                        mine,
                        other,
                        difference,
                        progress);
            } catch (InternalError e) { // so the JVM says that a page of a mapping is gone, and not of which file
                a.requirePresent();
                b.requirePresent();
                throw new Failure(
                        Text.quoted(a.origin(i)) + " or " + Text.quoted(b.origin(j))
                                + " was truncated or could not be read while tensor " + Text.quoted(one.name())
                                + " was compared; restore the file and start again",
                        e);
            }
        }
        return new TensorResult(one, two, difference);
    }

    /**
     * Copies each piece before it looks at it: a copy fails with an exception where a mapping is gone, a comparison of
     * two segments kills the JVM.
     */
    private static void compare(
            TensorSpec one,
            MemorySegment a,
            TensorSpec two,
            MemorySegment b,
            MemorySegment mine,
            MemorySegment other,
            Difference difference,
            Progress progress) {
        boolean sameType = one.dtype() == two.dtype();
        ElementComparison comparison = ElementComparison.of(one.dtype(), two.dtype());
        int width = Math.max(1, one.dtype().bits() / 8); // of what is packed closer, bytes are compared
        int otherWidth = Math.max(1, two.dtype().bits() / 8);
        long count = one.bytes() / width;
        for (long from = 0; from < count; from += PIECE) {
            int length = (int) Math.min(PIECE, count - from);
            MemorySegment left = mine.asSlice(0, (long) length * width);
            MemorySegment right = other.asSlice(0, (long) length * otherWidth);
            left.copyFrom(a.asSlice(from * width, left.byteSize()));
            right.copyFrom(b.asSlice(from * otherWidth, right.byteSize()));
            if (!sameType || left.mismatch(right) >= 0) {
                comparison.compare(left, right, length, difference);
            }
            progress.add(left.byteSize());
        }
    }
}
