package dev.polyak;

import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.store.CudaStore;
import dev.polyak.internal.store.HostStore;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the tensors of a store whose memory someone else owns.
 *
 * <p>Tensors in exactly the same memory, with the same type and shape, are tied weights: one tensor under several
 * names, averaged once. Any other overlap is an error. Not safe for use by several threads.
 */
public final class WrappedStoreBuilder {
    private final List<TensorSpec> tensors = new ArrayList<>();
    private final List<MemorySegment> segments = new ArrayList<>();
    private final List<Long> addresses = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private boolean mapped;
    private @Nullable Device device;
    private Runnable closeAction = () -> {};

    WrappedStoreBuilder() {}

    /**
     * Adds a tensor in memory.
     *
     * @param tensor what it is
     * @param segment its memory: native (not a Java array), of exactly the tensor's bytes, in any alignment
     * @return this builder
     * @throws IllegalArgumentException if the segment is on the Java heap or of another size
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, MemorySegment segment) {
        return add(tensor, segment, "memory");
    }

    /**
     * Adds a tensor in a mapped file. If the file shrinks while it is read, the operation fails with a
     * {@link MemoryLostException} that names the file.
     *
     * @param tensor what it is
     * @param segment its part of the mapping, of exactly the tensor's bytes, in any alignment
     * @param file the file
     * @return this builder
     * @throws IllegalArgumentException if the segment is of another size
     */
    public WrappedStoreBuilder mapped(TensorSpec tensor, MemorySegment segment, Path file) {
        mapped = true;
        return add(tensor, segment, file.toString());
    }

    /**
     * Adds a tensor in the memory of a GPU, such as one that another framework owns. Its memory must stay until this
     * store is closed; nothing can check that.
     *
     * @param tensor what it is
     * @param address device pointer of its first element, a multiple of the element's size
     * @param device the GPU
     * @return this builder
     * @throws IllegalArgumentException if that is no address in the memory of the device, or the tensor does not fit
     * @throws CudaException if there is no such GPU
     */
    public WrappedStoreBuilder tensor(TensorSpec tensor, long address, Device device) {
        if (device.type() != Device.Type.CUDA) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is to be wrapped by its address on "
                    + device + "; memory of the CPU is wrapped as a segment");
        }
        if (address % Math.max(tensor.dtype().bits() / Byte.SIZE, 1) != 0) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is at " + Long.toHexString(address)
                    + ", which is no multiple of the size of " + tensor.dtype());
        }
        CudaMemory.requireDevice(address, tensor.bytes(), device.index(), "tensor '" + tensor.name() + "'");
        requireOneDevice(tensor, device);
        tensors.add(tensor);
        addresses.add(address);
        origins.add("memory of someone else on " + device);
        return this;
    }

    /**
     * Says what closing the store does beyond; by default nothing, as the memory is someone else's.
     *
     * @param action run once, at the first close; for example {@code arena::close}
     * @return this builder
     */
    public WrappedStoreBuilder onClose(Runnable action) {
        closeAction = action;
        return this;
    }

    /**
     * The store. It is read-only if one of its segments is.
     *
     * @return a store around the memory
     * @throws IllegalArgumentException if two tensors have one name, or share some but not all of their memory
     */
    public ParameterStore build() {
        int[] owners = owners();
        ParameterLayout.Builder layout = ParameterLayout.builder();
        for (int i = 0; i < owners.length; i++) {
            if (owners[i] == i) {
                layout.add(tensors.get(i));
            } else {
                TensorSpec tensor = tensors.get(i);
                layout.tied(tensor.name(), tensors.get(owners[i]).name(), tensor.role());
            }
        }
        return device == null || device.type() == Device.Type.CPU
                ? new HostStore(layout.build(), segments, origins, mapped, closeAction)
                : new CudaStore(
                        layout.build(),
                        device,
                        addresses.stream().mapToLong(Long::longValue).toArray(),
                        origins,
                        closeAction);
    }

    private WrappedStoreBuilder add(TensorSpec tensor, MemorySegment segment, String origin) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("tensor '" + tensor.name()
                    + "' is on the Java heap, where vectors and devices cannot reach it; allocate it in an Arena");
        }
        if (segment.byteSize() != tensor.bytes()) {
            throw new IllegalArgumentException(
                    "tensor " + tensor + " needs " + tensor.bytes() + " bytes, its segment has " + segment.byteSize());
        }
        requireOneDevice(tensor, Device.cpu());
        tensors.add(tensor);
        segments.add(segment);
        addresses.add(segment.address());
        origins.add(origin);
        return this;
    }

    private void requireOneDevice(TensorSpec tensor, Device here) {
        if (device != null && !device.equals(here)) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is on " + here + ", the others are on "
                    + device + ": a store is on one device");
        }
        device = here;
    }

    private int[] owners() {
        int[] owners = IntStream.range(0, tensors.size()).toArray();
        int[] byAddress = IntStream.range(0, owners.length)
                .filter(i -> tensors.get(i).bytes() > 0)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(addresses::get).thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int k = 1; k < byAddress.length; k++) {
            int before = owners[byAddress[k - 1]];
            int here = byAddress[k];
            if (addresses.get(before) + tensors.get(before).bytes() > addresses.get(here)) {
                if (!addresses.get(before).equals(addresses.get(here))
                        || !tensors.get(before).shape().equals(tensors.get(here).shape())
                        || tensors.get(before).dtype() != tensors.get(here).dtype()) {
                    throw new IllegalArgumentException(
                            "tensors " + tensors.get(before) + " and " + tensors.get(here)
                                    + " share some of their memory; tied tensors must share all of it, with one type and shape");
                }
                owners[here] = before;
            }
        }
        return owners;
    }
}
