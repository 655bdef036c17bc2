package dev.polyak.gpucheck.check;

import dev.polyak.AverageBuilder;
import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.offload.Offload;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/** An average in host memory of a model that is trained on a stream meanwhile, beside one on the GPU. */
record OffloadCheck(String way, Offload how) implements Check {
    private static final int STEPS = 8;
    private static final DType TYPE = DType.BF16;

    @Override
    public String name() {
        return "average off the GPU, " + way;
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        int gpu = bench.gpu().index();
        ParameterLayout layout = Tensors.odd(TYPE, bench.elements());
        try (ResourceScope owned = new ResourceScope()) {
            MemorySegment steps = owned.keep(PinnedMemory.allocate(gpu, STEPS * layout.byteSize()))
                    .segment();
            for (int n = 0; n < STEPS; n++) {
                fill(bench.numbers(), layout, steps.asSlice(n * layout.byteSize(), layout.byteSize()), n);
            }
            ParameterStore model = owned.keep(ParameterStore.allocate(layout, bench.gpu()));
            ParameterStore twin = owned.keep(ParameterStore.allocate(layout, bench.gpu()));
            ParameterAverage reference = owned.keep(averaging(twin).build());
            ParameterAverage tested = owned.keep(
                    averaging(model).device(Device.cpu()).offload(how).build());
            CudaStream training = owned.keep(CudaStream.create(gpu));
            UpdateTicket ticket = UpdateTicket.DONE;
            for (int n = 0; n < STEPS; n++) {
                ticket.gate(training);
                training.copy(model.address(0), steps.address() + n * layout.byteSize(), layout.byteSize());
                ticket = tested.update(training);
                CpuGpuPair.feed(bench.numbers(), twin, n, false);
                reference.update();
            }
            comparison.sameNumbers("after " + STEPS + " updates", reference.store(), tested.store());
            comparison.same(
                    "updates made",
                    reference.counters().updates(),
                    tested.counters().updates());
        }
    }

    /** One step's numbers, where a store that is one allocation has them. */
    private static void fill(NumberSource numbers, ParameterLayout layout, MemorySegment memory, int step) {
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            MemorySegment part = memory.asSlice(layout.offset(i), tensor.bytes());
            numbers.fill(part, tensor.dtype(), CpuGpuPair.sequence(step, i), false);
        }
    }

    private static AverageBuilder averaging(ParameterStore model) {
        return ParameterAverage.builder(model).schedule(Schedules.decay(0.75)).dtype(DType.F32);
    }
}
