package dev.polyak;

import dev.polyak.tensor.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Makes what an average in the background needs: a carrier for each update that may be under way. */
final class Carriers implements Supplier<List<Carrier>> {
    private final MemoryStore model;
    private final List<MemoryStore> averages;
    private final List<PlannedCall> plans;
    private final Offload offload;
    private final NonFinitePolicy nonFinite;
    private final int threads;
    private final AverageProgress progress;
    /** The tensors that the averages hold, in the model's types. */
    private final ParameterLayout read;

    Carriers(
            MemoryStore model,
            List<MemoryStore> averages,
            List<PlannedCall> plans,
            Offload offload,
            NonFinitePolicy nonFinite,
            int threads,
            AverageProgress progress) {
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

    Offload offload() {
        return offload;
    }

    @Override
    public List<Carrier> get() {
        List<Carrier> carriers = new ArrayList<>();
        try {
            for (int i = 0; i < offload.stagings(); i++) {
                carriers.add(make());
            }
            return carriers;
        } catch (RuntimeException | Error e) {
            carriers.forEach(Carrier::close);
            throw e;
        }
    }

    private Carrier make() {
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
            AverageStep step = resources.keep(new AverageStep(staging, averages, calls, nonFinite, threads, progress));
            return model instanceof CudaStore gpu
                    ? new StagingCarrier(gpu, staging, snapshot, step, calls, offload)
                    : new HostCarrier((HostStore) model, staging, step, calls, threads);
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
