package dev.polyak.gpucheck.measure;

import dev.polyak.Device;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.gpucheck.check.Numbers;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** With what measurements are made: a GPU, its clock, and PyTorch where it is installed. */
public final class GpuHarness implements AutoCloseable {
    /** A lap of a small piece of work repeats it until it has this many elements. */
    private static final long ELEMENTS_PER_LAP = 1 << 26;

    private static final int MOST_REPETITIONS = 200;
    /** What stays free for contexts and tables. */
    private static final long RESERVE = 1L << 30;

    private static final long PATTERN_BYTES = 1 << 20;

    private final ResourceScope owned = new ResourceScope();
    private final Device gpu;
    private final Scale scale;
    private final Optional<Torch> torch;
    private final CudaStream stream;
    private final CudaEvent begin;
    private final CudaEvent end;

    /**
     * Opens a lab.
     *
     * @param gpu the device
     * @param scale how much is measured
     * @param torch PyTorch beside it; stays open when this is closed
     */
    public GpuHarness(Device gpu, Scale scale, Optional<Torch> torch) {
        this.gpu = gpu;
        this.scale = scale;
        this.torch = torch;
        stream = owned.keep(CudaStream.create(gpu.index()));
        begin = owned.keep(CudaEvent.createTimed(gpu.index()));
        end = owned.keep(CudaEvent.createTimed(gpu.index()));
    }

    Device gpu() {
        return gpu;
    }

    /** Times ways in turn, when each is warm: its code is compiled, and its memory there. */
    Race race(String name, List<Contender> ways) throws Exception {
        return race(name, Integer.MAX_VALUE, ways);
    }

    /** The same, in not so many rounds. */
    Race race(String name, int mostRounds, List<Contender> ways) throws Exception {
        for (Contender way : ways) {
            long end = System.nanoTime() + scale.warmUp().toNanos();
            while (System.nanoTime() < end) {
                way.lap().millis();
            }
        }
        return Race.run(name, Math.min(scale.rounds(), mostRounds), ways);
    }

    /** Why there is no room for a measurement; nothing if there is. */
    public Optional<String> lacks(Measurement measurement) {
        if (!fits(measurement.memory(), Cuda.device(gpu.index()).freeMemory())) {
            return Optional.of("it needs " + measurement.memory() + " bytes of the GPU's memory");
        }
        if (!fits(measurement.hostMemory(), HostMemory.free())) {
            return Optional.of("it needs " + measurement.hostMemory() + " bytes of the host's memory");
        }
        return Optional.empty();
    }

    private static boolean fits(long bytes, long free) {
        return free >= bytes + Math.min(RESERVE, bytes);
    }

    /** PyTorch's way of doing a piece of work, if it is here and has room for it. */
    List<Contender> torch(Torch.Work work, int tensors, long elements) {
        return torch(work, tensors, elements, repetitions(tensors * elements));
    }

    /** The same, repeated so often in a lap. */
    List<Contender> torch(Torch.Work work, int tensors, long elements, int repetitions) {
        return torch.flatMap(python -> python.make(work, tensors, elements, repetitions)).stream()
                .toList();
    }

    /** Lets PyTorch forget its numbers. */
    void forgetTorch() {
        torch.ifPresent(Torch::forget);
    }

    /** How often a piece of work is repeated in a lap. */
    static int repetitions(long elements) {
        return (int) Math.max(1, Math.min(MOST_REPETITIONS, ELEMENTS_PER_LAP / elements));
    }

    /** A way whose work is enqueued, timed by the GPU's own clock. */
    Contender enqueued(String name, long bytes, long elements, Consumer<CudaStream> work) {
        int repetitions = repetitions(elements);
        return new Contender(name, bytes, () -> {
            work.accept(stream); // the first after a pause is slower
            begin.record(stream);
            for (int i = 0; i < repetitions; i++) {
                work.accept(stream);
            }
            end.record(stream);
            end.await();
            return end.millisSince(begin) / repetitions;
        });
    }

    /** A copy within the GPU, which reads and writes each byte once. */
    Contender copy(String name, long to, long from, long bytes, long elements) {
        return enqueued(name, 2 * bytes, elements, queue -> queue.copy(to, from, bytes));
    }

    /** An update, and what it reads and writes. */
    Contender update(String name, ParameterAverage average, long elements) {
        return enqueued(name, bytesMoved(average), elements, average::update);
    }

    /** What an update has to read and write: the model once, and each average once. */
    static long bytesMoved(ParameterAverage average) {
        long kept =
                average.layout().tensors().stream().mapToLong(TensorSpec::bytes).sum();
        long read = average.online().layout().tensors().stream()
                .mapToLong(TensorSpec::bytes)
                .sum();
        return read + 2 * kept * average.rules().size();
    }

    /**
     * Fills a store with ordinary numbers, so that the memory does what it does in training. A pattern is written once
     * and then doubled, as the host is slow.
     */
    void fill(ParameterStore store) throws InterruptedException {
        Numbers numbers = new Numbers();
        try (PinnedMemory pattern = PinnedMemory.allocate(gpu.index(), PATTERN_BYTES)) {
            for (int i = 0; i < store.layout().size(); i++) {
                TensorSpec tensor = store.layout().tensor(i);
                long done = Math.min(PATTERN_BYTES, tensor.bytes());
                numbers.fill(pattern.segment().asSlice(0, done), tensor.dtype(), i, true);
                stream.copy(store.address(i), pattern.segment().address(), done);
                for (long bytes; done < tensor.bytes(); done += bytes) {
                    bytes = Math.min(done, tensor.bytes() - done);
                    stream.copy(store.address(i) + done, store.address(i), bytes);
                }
                stream.await(); // before the pattern changes
            }
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
