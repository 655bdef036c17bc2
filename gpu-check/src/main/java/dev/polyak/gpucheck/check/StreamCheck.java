package dev.polyak.gpucheck.check;

import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/** Training steps and updates that are only enqueued, on two streams in turn; the host waits for none of them. */
record StreamCheck() implements Check {
    private static final int STEPS = 8;
    private static final DType TYPE = DType.BF16;

    @Override
    public String name() {
        return "updates enqueued on two streams of one's own";
    }

    @Override
    public void run(Bench bench, Comparison comparison) {
        int gpu = bench.gpu().index();
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("weight", TYPE, bench.elements()));
        long bytes = layout.tensor(0).bytes();
        try (ResourceScope owned = new ResourceScope()) {
            MemorySegment steps =
                    owned.keep(PinnedMemory.allocate(gpu, STEPS * bytes)).segment();
            ParameterStore model = owned.keep(ParameterStore.allocate(layout, bench.gpu()));
            HostStore twin = owned.keep(ParameterStore.allocate(layout));
            ParameterAverage tested = owned.keep(averaging(model));
            ParameterAverage reference = owned.keep(averaging(twin));
            CudaStream[] streams = {owned.keep(CudaStream.create(gpu)), owned.keep(CudaStream.create(gpu))};
            CudaEvent before = owned.keep(CudaEvent.create(gpu));
            for (int n = 0; n < STEPS; n++) {
                bench.numbers().fill(steps.asSlice(n * bytes, bytes), TYPE, n, false);
            }
            for (int n = 0; n < STEPS; n++) {
                CudaStream stream = streams[n % streams.length];
                stream.waitFor(before);
                stream.copy(model.address(0), steps.address() + n * bytes, bytes);
                tested.update(stream);
                before.record(stream);
            }
            for (int n = 0; n < STEPS; n++) {
                bench.numbers().fill(twin.segment(0), TYPE, n, false);
                reference.update();
            }
            comparison.sameNumbers("after " + STEPS + " updates", reference.store(), tested.store());
        }
    }

    private static ParameterAverage averaging(ParameterStore model) {
        return ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.75))
                .dtype(DType.F32)
                .build();
    }
}
