package dev.polyak.cli.demo;

import dev.polyak.Device;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.TensorSpec;

/** Stochastic gradient descent with momentum and weight decay, as PyTorch computes it. */
final class Sgd implements AutoCloseable {
    private final float learningRate;
    private final float momentum;
    private final float weightDecay;
    private final ParameterStore velocity = ParameterStore.allocate(Network.parameters(), Device.cpu());

    Sgd(float learningRate, float momentum, float weightDecay) {
        this.learningRate = learningRate;
        this.momentum = momentum;
        this.weightDecay = weightDecay;
    }

    /** What the optimizer remembers from step to step. */
    ParameterStore velocity() {
        return velocity;
    }

    /** Changes a network's parameters by its gradients. */
    void step(Network network) {
        for (TensorSpec parameter : velocity.layout().tensors()) {
            Tensor weight = Tensor.of(network.store(), parameter.name());
            Tensor gradient = Tensor.of(network.gradients(), parameter.name());
            Tensor change = Tensor.of(velocity, parameter.name());
            for (int i = 0; i < weight.size(); i++) {
                change.set(i, momentum * change.get(i) + (gradient.get(i) + weightDecay * weight.get(i)));
                weight.set(i, weight.get(i) - learningRate * change.get(i));
            }
        }
    }

    @Override
    public void close() {
        velocity.close();
    }
}
