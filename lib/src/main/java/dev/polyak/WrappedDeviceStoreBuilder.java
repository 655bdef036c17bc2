package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.store.ForeignMemory;
import dev.polyak.internal.store.WrappedTensors;
import dev.polyak.tensor.TensorSpec;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the tensors of a store in memory of a GPU, or of the host, that someone else owns, by their addresses. What
 * {@link WrappedStoreBuilder} says of tied weights, and of how long the memory must live, holds here too. Not safe for
 * use by several threads.
 */
public final class WrappedDeviceStoreBuilder {
    private final WrappedTensors tensors = new WrappedTensors();
    private final Device device;

    WrappedDeviceStoreBuilder(Device device) {
        this.device = device;
    }

    /**
     * Adds a tensor by its address, which must stay until the store is closed. The memory is freed or replaced when its
     * framework closes the model, loads it again, converts or moves it, and nothing says so.
     *
     * @param tensor what it is
     * @param address device pointer of its first element, a multiple of the element's size
     * @return this builder
     * @throws IllegalArgumentException if that is not an address in the memory of the device, or the tensor does not
     *     fit
     * @throws CudaException if there is no such GPU
     */
    public WrappedDeviceStoreBuilder tensor(TensorSpec tensor, long address) {
        requireNonNull(tensor, "tensor");
        return add(tensor, address, null);
    }

    /**
     * Adds a tensor by its address, which may change, and is asked for again before the memory is used by an update, a
     * copy or a swap. If it has changed, the operation is refused with an {@link IllegalStateException} before anything
     * is read.
     *
     * @param tensor what it is
     * @param address says where the tensor's first element is at the moment; called often, so it should be cheap
     * @return this builder
     * @throws IllegalArgumentException as {@link #tensor(TensorSpec, long)}
     * @throws CudaException if there is no such GPU
     */
    public WrappedDeviceStoreBuilder tensor(TensorSpec tensor, LongSupplier address) {
        requireNonNull(tensor, "tensor");
        requireNonNull(address, "address");
        return add(tensor, address.getAsLong(), address);
    }

    /**
     * Keeps an object from the garbage collector until the store is closed: a model or an array whose memory is freed
     * when it is no longer referenced.
     *
     * @param owner what owns memory of the store
     * @return this builder
     */
    public WrappedDeviceStoreBuilder keep(Object owner) {
        requireNonNull(owner, "owner");
        tensors.keep(owner);
        return this;
    }

    /**
     * Sets an action to run when the store is closed.
     *
     * @param action run at the first close, and at later ones only if it failed; by default nothing
     * @return this builder
     */
    public WrappedDeviceStoreBuilder onClose(Runnable action) {
        requireNonNull(action, "action");
        tensors.setCloseAction(action);
        return this;
    }

    /**
     * The store.
     *
     * @return a store around the memory; a {@link HostStore} if the device is the host
     * @throws IllegalArgumentException if two tensors have one name, or share some but not all of their memory
     */
    public ParameterStore build() {
        return device.type() == Device.Type.CPU ? tensors.onHost() : tensors.on(device);
    }

    private WrappedDeviceStoreBuilder add(TensorSpec tensor, long address, @Nullable LongSupplier now) {
        if (device.type() == Device.Type.CPU) {
            tensors.add(tensor, ForeignMemory.at(address, tensor), "memory", now);
            return this;
        }
        if (address % Math.max(tensor.dtype().bits() / Byte.SIZE, 1) != 0) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is at " + Long.toHexString(address)
                    + ", which is not a multiple of the size of " + tensor.dtype());
        }
        CudaMemory.requireDevice(address, tensor.bytes(), device.index(), "tensor '" + tensor.name() + "'");
        tensors.add(tensor, address, "memory of someone else on " + device, now);
        return this;
    }
}
