package dev.polyak.internal.offload;

import dev.polyak.Device;
import dev.polyak.NonFinitePolicy;
import dev.polyak.internal.store.CudaStore;
import dev.polyak.internal.store.HostStore;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.internal.store.Resources;
import dev.polyak.internal.update.Counters;
import dev.polyak.internal.update.PlannedCall;
import dev.polyak.internal.update.PolicyStep;
import dev.polyak.offload.Offload;
import dev.polyak.tensor.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Makes what an average in the background needs: a transport for each update that may be under way. */
public final class TransportFactory implements Supplier<List<ModelTransport>> {
    private final MemoryStore model;
    private final List<MemoryStore> averages;
    private final List<PlannedCall> plans;
    private final Offload offload;
    private final NonFinitePolicy nonFinite;
    private final int threads;
    private final Counters progress;
    /** The tensors that the averages hold, in the model's types. */
    private final ParameterLayout read;

    public TransportFactory(
            MemoryStore model,
            List<MemoryStore> averages,
            List<PlannedCall> plans,
            Offload offload,
            NonFinitePolicy nonFinite,
            int threads,
            Counters progress) {
        this.model = model;
        this.averages = averages;
        this.plans = plans;
        this.offload = offload;
        this.nonFinite = nonFinite;
        this.threads = threads;
        this.progress = progress;
        ParameterLayout held = averages.get(0).layout();
        this.read = model.layout().select(tensor -> held.indexOf(tensor.name()) >= 0);
    }

    public Offload offload() {
        return offload;
    }

    @Override
    public List<ModelTransport> get() {
        List<ModelTransport> transports = new ArrayList<>();
        try {
            for (int i = 0; i < offload.stagings(); i++) {
                transports.add(make());
            }
            return transports;
        } catch (RuntimeException | Error e) {
            transports.forEach(ModelTransport::close);
            throw e;
        }
    }

    private ModelTransport make() {
        List<PlannedCall> calls = plans.stream()
                .map(plan -> new PlannedCall(plan.rule(), plan.treatments()))
                .toList();
        Resources resources = new Resources();
        try {
            MemoryStore staging = resources.keep(staging());
            CudaStore snapshot = null;
            if (model instanceof CudaStore && offload.mode() == Offload.Mode.SNAPSHOT) {
                snapshot = resources.keep(CudaStore.allocate(read, model.device()));
            }
            PolicyStep step = resources.keep(new PolicyStep(staging, averages, calls, nonFinite, threads, progress));
            return model instanceof CudaStore gpu
                    ? new StagedTransport(gpu, staging, snapshot, step, calls, offload)
                    : new HostTransport((HostStore) model, staging, step, calls, threads);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private MemoryStore staging() {
        Device there = averages.get(0).device();
        return there.equals(Device.cpu()) && model instanceof CudaStore
                ? HostStore.pin(read, model.device())
                : MemoryStore.allocate(read, there);
    }
}
