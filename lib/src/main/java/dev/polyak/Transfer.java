package dev.polyak;

import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;

/** Moves numbers between two stores, whose tensors have been found to match. */
interface Transfer {
    /** How numbers get from one store's memory to another's. */
    static Transfer between(MemoryStore source, MemoryStore target) {
        if (source instanceof HostStore from && target instanceof HostStore to) {
            return new HostTransfer(from, to);
        }
        if (source.device().equals(target.device())) {
            return new DeviceTransfer((CudaStore) source, (CudaStore) target);
        }
        return new StagedTransfer(source, target);
    }

    /**
     * Copies tensors of the source to the target, converted where their types differ.
     *
     * @param match where the target's tensors are in the source
     * @param selection which of the target's
     */
    void copy(LayoutMatch match, ParameterLayout selection);

    /** Exchanges all tensors of the target with those of the source. */
    void swap(LayoutMatch match);
}
