package dev.polyak.gpucheck.measure;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.offload.Offload;
import dev.polyak.offload.UpdateTimes;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** A model in bfloat16 on the GPU, and its average in binary32 in host memory. */
final class Offloaded implements AutoCloseable {
    /** As many as a transformer of these sizes has, about. */
    static final int TENSORS = 100;

    /** A lap takes seconds where the model is large. */
    static final int MOST_ROUNDS = 7;

    /** The next copy overlaps the fold. */
    static final Offload STAGED = Offload.GATED.withStagings(2);

    /** Enough that the first and the last, which overlap with nothing, weigh little. */
    private static final int OVERLAPPED = 12;

    private final ResourceScope owned = new ResourceScope();
    private final ParameterStore model;
    private final ParameterAverage average;
    private final CudaStream training;

    Offloaded(GpuHarness lab, long elements, Offload offload) throws InterruptedException {
        try {
            model = owned.keep(ParameterStore.allocate(layout(elements), lab.gpu()));
            lab.fill(model);
            average = owned.keep(ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.999))
                    .dtype(DType.F32)
                    .device(Device.cpu())
                    .offload(offload)
                    .build());
            training = owned.keep(CudaStream.create(lab.gpu().index()));
        } catch (RuntimeException | Error | InterruptedException e) {
            owned.close();
            throw e;
        }
    }

    private static ParameterLayout layout(long elements) {
        return ParameterLayout.of(IntStream.range(0, TENSORS)
                .mapToObj(i -> TensorSpec.parameter("layer" + i, DType.BF16, elements / TENSORS))
                .toList());
    }

    /** Bytes that the model takes on the GPU. */
    static long onGpu(long elements) {
        return layout(elements).byteSize();
    }

    /** Bytes that stagings and average take in host memory. */
    static long onHost(long elements, Offload offload) {
        return (2L + offload.stagings()) * onGpu(elements);
    }

    /** Bytes of the host's memory that a fold reads and writes: the staging once, the average twice. */
    static long folded(long elements) {
        return 5 * onGpu(elements);
    }

    /** The same and the link's, which writes the staging. */
    static long updated(long elements) {
        return folded(elements) + onGpu(elements);
    }

    /** Where the model begins on the GPU. */
    long address() {
        return model.address(0);
    }

    /** The stream on which the model is trained. */
    CudaStream training() {
        return training;
    }

    /** Begins an update. */
    UpdateTicket update() {
        return average.update(training);
    }

    /** A part of an update that is made alone. */
    Contender alone(String name, long bytes, ToLongFunction<UpdateTimes> nanos) {
        return new Contender(name, bytes, () -> {
            UpdateTicket ticket = update();
            ticket.await();
            return nanos.applyAsLong(ticket.times()) / 1e6;
        });
    }

    /** An update among others, each of which begins when the one before has read the model. */
    Contender overlapped(String name, long bytes) {
        return new Contender(name, bytes, () -> {
            average.counters(); // waits until nothing is under way
            long begin = System.nanoTime();
            for (int i = 0; i < OVERLAPPED; i++) {
                update().gate();
            }
            average.counters();
            return (System.nanoTime() - begin) / 1e6 / OVERLAPPED;
        });
    }

    @Override
    public void close() {
        owned.close();
    }
}
