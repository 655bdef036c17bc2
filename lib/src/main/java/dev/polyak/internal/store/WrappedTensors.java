package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects the tensors of a store whose memory someone else owns, and finds those that are tied. */
public final class WrappedTensors {
    private final List<TensorSpec> tensors = new ArrayList<>();
    private final List<Long> addresses = new ArrayList<>();
    private final List<MemorySegment> segments = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private final List<@Nullable LongSupplier> current = new ArrayList<>();
    private final List<Object> owners = new ArrayList<>();
    private boolean mapped;
    private Runnable closeAction = () -> {};

    /** Adds a tensor in host memory. */
    public void add(TensorSpec tensor, MemorySegment segment, String origin, @Nullable LongSupplier now) {
        segments.add(segment);
        add(tensor, segment.address(), origin, now);
    }

    /** Adds a tensor at an address of a GPU. */
    public void add(TensorSpec tensor, long address, String origin, @Nullable LongSupplier now) {
        tensors.add(tensor);
        addresses.add(address);
        origins.add(origin);
        current.add(now);
    }

    /** Says that some of the host memory is a mapped file's. */
    public void setMapped() {
        mapped = true;
    }

    public void keep(Object owner) {
        owners.add(owner);
    }

    public void setCloseAction(Runnable action) {
        closeAction = action;
    }

    /** The store, in host memory. */
    public HostMemoryStore onHost() {
        return new HostMemoryStore(layout(), segments, origins, mapped, ownership());
    }

    /** The store, on a GPU. */
    public CudaMemoryStore on(Device gpu) {
        long[] where = addresses.stream().mapToLong(Long::longValue).toArray();
        return new CudaMemoryStore(layout(), gpu, where, origins, ownership());
    }

    private Ownership ownership() {
        return Ownership.of(closeAction, owners, current);
    }

    private ParameterLayout layout() {
        int[] first = firstInPlace();
        ParameterLayout.Builder layout = ParameterLayout.builder();
        for (int i = 0; i < first.length; i++) {
            TensorSpec tensor = tensors.get(i);
            if (first[i] == i) {
                layout.add(tensor);
            } else {
                layout.tied(tensor.name(), tensors.get(first[i]).name(), tensor.role());
            }
        }
        return layout.build();
    }

    /** For each tensor the first that is in the same memory. */
    private int[] firstInPlace() {
        int[] first = IntStream.range(0, tensors.size()).toArray();
        int[] byAddress = IntStream.range(0, first.length)
                .filter(i -> tensors.get(i).bytes() > 0)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(addresses::get).thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int k = 1; k < byAddress.length; k++) {
            int before = first[byAddress[k - 1]];
            int here = byAddress[k];
            if (addresses.get(before) + tensors.get(before).bytes() > addresses.get(here)) {
                if (!addresses.get(before).equals(addresses.get(here))
                        || !tensors.get(before).shape().equals(tensors.get(here).shape())
                        || tensors.get(before).dtype() != tensors.get(here).dtype()) {
                    throw new IllegalArgumentException(
                            "tensors " + tensors.get(before) + " and " + tensors.get(here)
                                    + " share some of their memory; tied tensors must share all of it, with one type and shape");
                }
                first[here] = before;
            }
        }
        return first;
    }
}
