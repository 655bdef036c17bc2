package dev.polyak.internal.store;

/** Finds how numbers get from one store's memory to another's. */
final class Transfers {
    private Transfers() {}

    /** How numbers get from one store's memory to another's. */
    static Transfer between(MemoryStore source, MemoryStore target) {
        return switch (source) {
            case HostMemoryStore from when target instanceof HostMemoryStore to -> new HostTransfer(from, to);
            case CudaMemoryStore from
            when target instanceof CudaMemoryStore to && from.device().equals(to.device()) ->
                new DeviceTransfer(from, to);
            case MemoryStore from -> new StagedTransfer(from, target);
        };
    }
}
