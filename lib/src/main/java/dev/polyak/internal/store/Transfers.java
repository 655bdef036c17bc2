package dev.polyak.internal.store;

/** Finds how numbers get from one store's memory to another's. */
final class Transfers {
    private Transfers() {}

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
}
