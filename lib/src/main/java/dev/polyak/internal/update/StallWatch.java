package dev.polyak.internal.update;

import dev.polyak.ParameterStore;
import dev.polyak.internal.kernel.Elements;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.TensorSpec;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Notices when an average that is kept in bfloat16 or binary16 no longer moves: at decays near 1 an update is less than
 * half of a last place, and nearest rounding takes it away. Looks at a sample now and then, and warns once.
 */
final class StallWatch {
    private static final int SAMPLE = 1024;
    /** The first look comes after the usual warmups' first updates, which are large; then at every doubling. */
    private static final long FIRST_LOOK = 16;

    private final MemorySegment before;
    private final MemorySegment after;
    private final MemorySegment model;
    private final ParameterStore store;
    private final ParameterStore online;
    private final int tensor;
    private final int source;
    private long updates;
    private long nextLook = FIRST_LOOK;
    private boolean looking;
    private boolean warned;

    /** Watches the largest tensor of a narrow type that is averaged, if there is one. */
    StallWatch(ParameterStore store, ParameterStore online, Treatment[] treatments) {
        this.store = store;
        this.online = online;
        int largest = -1;
        for (int i = 0; i < treatments.length; i++) {
            TensorSpec spec = store.layout().tensor(i);
            boolean narrow = spec.dtype() == DType.BF16 || spec.dtype() == DType.F16;
            if (narrow
                    && treatments[i] == Treatment.AVERAGE
                    && (largest < 0
                            || spec.elements() > store.layout().tensor(largest).elements())) {
                largest = i;
            }
        }
        tensor = largest;
        source = largest < 0
                ? -1
                : LayoutMatch.of(store.layout(), online.layout()).sourceOf(largest);
        int sample = largest < 0
                ? 0
                : (int) Math.min(SAMPLE, store.layout().tensor(largest).elements());
        before = Arena.ofAuto().allocate((long) sample * Short.BYTES, Short.BYTES);
        after = Arena.ofAuto().allocate((long) sample * Short.BYTES, Short.BYTES);
        model = Arena.ofAuto().allocate((long) sample * Double.BYTES, Double.BYTES);
    }

    void beforeUpdate(boolean updating) {
        looking = false;
        if (tensor < 0 || warned || !updating || ++updates < nextLook) {
            return;
        }
        nextLook = 2 * updates;
        looking = true;
        store.read(tensor, 0, before);
    }

    void afterUpdate() {
        if (!looking) {
            return;
        }
        DType type = store.layout().tensor(tensor).dtype();
        DType sourceType = online.layout().tensor(source).dtype();
        long sample = after.byteSize() / Short.BYTES;
        store.read(tensor, 0, after);
        online.read(source, 0, model.asSlice(0, sample * sourceType.bits() / 8));
        int apart = 0;
        int stuck = 0;
        for (long i = 0; i < sample; i++) {
            double e = Elements.of(type).doubleAt(before, i * Short.BYTES);
            if (e != Elements.of(sourceType).doubleAt(model, i * sourceType.bits() / 8)) {
                apart++;
                short was = before.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * Short.BYTES);
                stuck += was == after.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * Short.BYTES) ? 1 : 0;
            }
        }
        if (stuck > apart / 2) {
            warned = true;
            System.getLogger("dev.polyak")
                    .log(
                            Level.WARNING,
                            "the average hardly moves: update {0} was rounded away in {1} of {2} elements of ''{3}'', which is kept"
                                    + " in {4}; keep the average in F32",
                            String.valueOf(updates),
                            String.valueOf(stuck),
                            String.valueOf(apart),
                            store.layout().tensor(tensor).name(),
                            type.toString());
        }
    }
}
