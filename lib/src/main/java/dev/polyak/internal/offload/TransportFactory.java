package dev.polyak.internal.offload;

import dev.polyak.Device;
import dev.polyak.NonFinitePolicy;
import dev.polyak.internal.store.CudaMemoryStore;
import dev.polyak.internal.store.HostMemoryStore;
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
        return switch (model) {
            case HostMemoryStore host -> onHost(host, calls);
            case CudaMemoryStore gpu -> onGpu(gpu, calls);
        };
    }

    private ModelTransport onHost(HostMemoryStore host, List<PlannedCall> calls) {
        Resources resources = new Resources();
        try {
            MemoryStore staging =
                    resources.keep(MemoryStore.allocate(read, averages.get(0).device()));
            return new HostTransport(host, staging, resources.keep(step(staging, calls)), calls, threads);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private ModelTransport onGpu(CudaMemoryStore gpu, List<PlannedCall> calls) {
        Resources resources = new Resources();
        try {
            MemoryStore staging = resources.keep(staging(gpu.device()));
            CudaMemoryStore snapshot = offload.mode() == Offload.Mode.SNAPSHOT
                    ? resources.keep(CudaMemoryStore.allocate(read, gpu.device()))
                    : null;
            return new StagedTransport(gpu, staging, snapshot, resources.keep(step(staging, calls)), calls, offload);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private PolicyStep step(MemoryStore staging, List<PlannedCall> calls) {
        return new PolicyStep(staging, averages, calls, nonFinite, threads, progress);
    }

    private MemoryStore staging(Device gpu) {
        Device there = averages.get(0).device();
        return there.equals(Device.cpu()) ? HostMemoryStore.pin(read, gpu) : MemoryStore.allocate(read, there);
    }
}
