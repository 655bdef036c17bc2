package dev.polyak.internal.store;

import dev.polyak.cuda.CudaStream;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.Arrays;
import java.util.function.Predicate;

/** Bytes of a model on a GPU that are copied to other memory; tensors side by side at both ends are one copy. */
public final class CopyRanges {
    private long[] to = new long[8];
    private long[] from = new long[8];
    private long[] bytes = new long[8];
    private int count;

    /**
     * The ranges of some tensors.
     *
     * @param target memory in one allocation
     * @param match where the target's tensors are in the source
     */
    public CopyRanges(CudaMemoryStore source, MemoryStore target, LayoutMatch match, Predicate<TensorSpec> wanted) {
        ParameterLayout layout = target.layout();
        for (int i = 0; i < layout.size(); i++) {
            if (layout.ownerOf(i) == i && layout.tensor(i).bytes() > 0 && wanted.test(layout.tensor(i))) {
                add(
                        target.address(i),
                        source.address(match.sourceOf(i)),
                        layout.tensor(i).bytes(),
                        source.isOneAllocation());
            }
        }
    }

    private void add(long target, long source, long length, boolean oneAllocation) {
        int last = count - 1;
        if (oneAllocation && last >= 0 && target - to[last] == source - from[last]) {
            long gap = source - from[last] - bytes[last];
            if (gap >= 0 && gap < ParameterLayout.ALIGNMENT) { // the padding is copied along
                bytes[last] += gap + length;
                return;
            }
        }
        if (count == to.length) {
            to = Arrays.copyOf(to, 2 * count);
            from = Arrays.copyOf(from, 2 * count);
            bytes = Arrays.copyOf(bytes, 2 * count);
        }
        to[count] = target;
        from[count] = source;
        bytes[count] = length;
        count++;
    }

    public void enqueue(CudaStream stream) {
        for (int i = 0; i < count; i++) {
            stream.copy(to[i], from[i], bytes[i]);
        }
    }
}
