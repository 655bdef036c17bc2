package dev.polyak.gpucheck.check;

import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.Child;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.internal.cuda.IpcMemory;
import dev.polyak.internal.cuda.IpcMemoryHandle;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/** The weights of another process are averaged here, behind the event that it records after each step. */
record SharedMemoryCheck(Trainer trainer) implements Check {
    private static final int STEPS = 5;

    @Override
    public String name() {
        return "weights of another process, by " + trainer.label();
    }

    @Override
    public void run(Bench bench, Comparison comparison) throws IOException, InterruptedException {
        int gpu = bench.gpu().index();
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("weight", DType.F32, bench.elements()));
        try (ResourceScope owned = new ResourceScope()) {
            Child child = owned.keep(trainer.start(bench.gpu(), bench.elements()));
            String[] memory = child.answer().split(" ", -1);
            IpcMemory weights = owned.keep(IpcMemory.open(
                    gpu,
                    new IpcMemoryHandle(
                            HexFormat.of().parseHex(memory[0]),
                            Long.parseLong(memory[1]),
                            layout.tensor(0).bytes())));
            CudaEvent stepped = owned.keep(CudaEvent.open(gpu, HexFormat.of().parseHex(memory[2])));
            ParameterStore model = owned.keep(ParameterStore.wrap(bench.gpu())
                    .tensor(layout.tensor(0), weights.address())
                    .build());
            HostStore twin = owned.keep(ParameterStore.allocate(layout));
            child.ask("0");
            fill(twin.segment(0), 0);
            stepped.await();
            ParameterAverage tested = owned.keep(averaging(model));
            ParameterAverage reference = owned.keep(averaging(twin));
            CudaStream stream = owned.keep(CudaStream.create(gpu));
            for (int n = 1; n <= STEPS; n++) {
                child.ask(Integer.toString(n));
                stream.waitFor(stepped);
                tested.update(stream);
                fill(twin.segment(0), n);
                reference.update();
                comparison.sameNumbers("step " + n, reference.store(), tested.store());
            }
        }
    }

    private static ParameterAverage averaging(ParameterStore model) {
        return ParameterAverage.builder(model).schedule(Schedules.decay(0.75)).build();
    }

    /** The weights after a step: numbers that any program computes exactly. */
    static void fill(MemorySegment weights, long step) {
        for (long i = 0; i < weights.byteSize() / Float.BYTES; i++) {
            weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 7 + step * 13) % 1021 / 8f - 60);
        }
    }
}
