package dev.polyak.train;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** A model that trains without mathematics: each step depends on the numbers before it and on its own number. */
final class Net {
    static final ParameterLayout LAYOUT = ParameterLayout.builder()
            .add(TensorSpec.parameter("w", DType.F32, 37))
            .add(TensorSpec.parameter("bias", DType.F32))
            .add(TensorSpec.buffer("bn.running_mean", DType.F32, 5))
            .add(TensorSpec.buffer("bn.running_var", DType.F32, 5))
            .add(TensorSpec.buffer("bn.num_batches_tracked", DType.I64))
            .add(TensorSpec.buffer("sigma", DType.F32, 2))
            .tied("head.w", "w")
            .build();

    private Net() {}

    static ParameterStore create() {
        ParameterStore net = ParameterStore.allocate(LAYOUT, Device.cpu());
        step(net, 0);
        return net;
    }

    static void step(ParameterStore net, long number) {
        Random random = new Random(number);
        for (TensorSpec tensor : LAYOUT.tensors()) {
            if (tensor.dtype() == DType.I64) {
                set(net, tensor.name(), tracked(net) + 1);
            } else if (!tensor.name().equals("head.w")) {
                for (int i = 0; i < tensor.elements(); i++) {
                    float before = HostStore.of(net).segment(tensor.name()).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    HostStore.of(net)
                            .segment(tensor.name())
                            .setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.75f * before + (float) random.nextGaussian());
                }
            }
        }
    }

    static ParameterStore copy(ParameterStore store) {
        ParameterStore copy = ParameterStore.allocate(store.layout(), Device.cpu());
        copy.copyFrom(store);
        return copy;
    }

    static boolean same(ParameterStore one, ParameterStore other) {
        return different(one, other).isEmpty();
    }

    /** The name of the first tensor whose bytes differ, or an empty text. */
    static String different(ParameterStore one, ParameterStore other) {
        for (int i = 0; i < one.layout().size(); i++) {
            String name = one.layout().tensor(i).name();
            if (HostStore.of(one).segment(i).mismatch(HostStore.of(other).segment(name)) >= 0) {
                return name;
            }
        }
        return "";
    }

    static void set(ParameterStore store, String name, double value) {
        switch (store.layout().tensor(store.layout().indexOf(name)).dtype()) {
            case F32 -> HostStore.of(store).segment(name).set(ValueLayout.JAVA_FLOAT, 0, (float) value);
            case F64 -> HostStore.of(store).segment(name).set(ValueLayout.JAVA_DOUBLE, 0, value);
            default -> HostStore.of(store).segment(name).set(ValueLayout.JAVA_LONG, 0, (long) value);
        }
    }

    static double get(ParameterStore store, String name) {
        return switch (store.layout().tensor(store.layout().indexOf(name)).dtype()) {
            case F32 -> HostStore.of(store).segment(name).get(ValueLayout.JAVA_FLOAT, 0);
            case F64 -> HostStore.of(store).segment(name).get(ValueLayout.JAVA_DOUBLE, 0);
            default -> HostStore.of(store).segment(name).get(ValueLayout.JAVA_LONG, 0);
        };
    }

    static long tracked(ParameterStore store) {
        return (long) get(store, "bn.num_batches_tracked");
    }
}
