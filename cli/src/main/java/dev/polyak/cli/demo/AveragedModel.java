package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaStream;

/**
 * The model where it is averaged: the network's own store, if that is where averages are to be made, or a copy of it in
 * a GPU's memory, since this network learns on the CPU.
 */
final class AveragedModel implements AutoCloseable {
    private final ParameterStore network;
    private final ParameterStore store;

    /** The model with the numbers that the network has now. */
    AveragedModel(ParameterStore network, Device device) {
        this.network = network;
        this.store = device.equals(network.device()) ? network : ParameterStore.allocate(network.layout(), device);
        takeFromNetwork();
    }

    ParameterStore store() {
        return store;
    }

    /** Brings the network's numbers to where they are averaged. */
    void takeFromNetwork() {
        if (isCopy()) {
            store.copyFrom(network);
        }
    }

    /** The same, enqueued on a stream of the copy's GPU. The network's memory is read on return. */
    void takeFromNetwork(CudaStream stream) {
        for (int i = 0; i < network.layout().size(); i++) {
            stream.copy(
                    store.address(i),
                    network.address(i),
                    network.layout().tensor(i).bytes());
        }
    }

    /** Brings the numbers to the network. */
    void giveToNetwork() {
        if (isCopy()) {
            network.copyFrom(store);
        }
    }

    /** Frees the copy, if there is one; the network's store is the network's. */
    @Override
    public void close() {
        if (isCopy()) {
            store.close();
        }
    }

    private boolean isCopy() {
        return store != network;
    }
}
