package dev.polyak.gpucheck.measure;

import dev.polyak.UpdateTicket;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.cuda.CudaMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the GPU's other work loses by an average off the GPU, each of whose copies lies within it. Two loads: copies
 * within the GPU's memory, on the stream that trains, which are hit hardest, as the update reads that memory too; and
 * PyTorch's matrix products, where it is installed, which are like training, in a process of their own.
 */
record OffloadLoss(long elements) implements Measurement {
    static final String PRODUCTS_BESIDE = "the same beside updates";
    private static final String COPIES = "copies within the GPU";
    private static final String COPIES_BESIDE = "the same beside an update";
    /** Bytes of one copy, large enough to fill the GPU. */
    private static final long PIECE = 1L << 28;
    /** Elements of a matrix: 4096 rows. */
    private static final long MATRIX = 1L << 24;
    /** A tenth of a second on a large GPU, which is longer than the copy. */
    private static final int PRODUCTS = 40;
    /** The GPU's clock may see nothing of small copies. */
    private static final int MOST_COPIES = 10_000;

    @Override
    public String name() {
        return String.format(Locale.ROOT, "the GPU's work beside an average off the GPU, %,d parameters", elements);
    }

    @Override
    public long memory() {
        return Offloaded.onGpu(elements) + 2 * piece();
    }

    @Override
    public long hostMemory() {
        return Offloaded.onHost(elements, Offloaded.STAGED);
    }

    private long piece() {
        return Math.min(PIECE, Offloaded.onGpu(elements));
    }

    @Override
    public Figures run(GpuHarness lab) throws Exception {
        int gpu = lab.gpu().index();
        try (Offloaded offloaded = new Offloaded(lab, elements, Offloaded.STAGED);
                CudaMemory load = CudaMemory.allocate(gpu, 2 * piece(), "load");
                CudaEvent begin = CudaEvent.createTimed(gpu);
                CudaEvent end = CudaEvent.createTimed(gpu)) {
            Load copies = new Load(offloaded.training(), load, piece(), begin, end);
            int half = copies.lastingAsLongAs(offloaded);
            List<Contender> ways = new ArrayList<>();
            ways.add(new Contender(COPIES, 0, () -> copies.millis(half, () -> {})));
            ways.add(new Contender(COPIES_BESIDE, 0, () -> copies.beside(offloaded, half)));
            for (Contender products : lab.torch(Torch.Work.PRODUCTS, 1, MATRIX, PRODUCTS)) {
                ways.add(products);
                ways.add(new Contender(PRODUCTS_BESIDE, 0, () -> beside(offloaded, products)));
            }
            return lab.race(name(), ways)
                    .speed(COPIES_BESIDE, COPIES)
                    .speed(PRODUCTS_BESIDE, Torch.Work.PRODUCTS.label())
                    .figures();
        } finally {
            lab.forgetTorch();
        }
    }

    /** Copies on a stream, in two halves. */
    private record Load(CudaStream stream, CudaMemory memory, long piece, CudaEvent begin, CudaEvent end) {
        /** How many copies must be in a half so that the whole lasts longer than an update's copy. */
        int lastingAsLongAs(Offloaded offloaded) throws InterruptedException {
            millis(1, () -> {}); // the first is slower
            double two = millis(1, () -> {});
            UpdateTicket ticket = offloaded.update();
            ticket.await();
            double copy = (ticket.times().read() - ticket.times().begun()) / 1e6;
            return (int) Math.min(MOST_COPIES, Math.ceil(2 * copy / two));
        }

        /** Between the halves, as in training the GPU has work before and behind an update. */
        double millis(int half, Runnable between) throws InterruptedException {
            begin.record(stream);
            enqueue(half);
            between.run();
            enqueue(half);
            end.record(stream);
            end.await();
            return end.millisSince(begin);
        }

        double beside(Offloaded offloaded, int half) throws InterruptedException {
            UpdateTicket[] ticket = {UpdateTicket.DONE};
            double millis = millis(half, () -> ticket[0] = offloaded.update());
            ticket[0].await();
            return millis;
        }

        private void enqueue(int copies) {
            for (int i = 0; i < copies; i++) {
                stream.copy(memory.address() + piece, memory.address(), piece);
            }
        }
    }

    /** The time of the products while updates are made, one after the other; throws if one of these fails. */
    private static double beside(Offloaded offloaded, Contender products) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        FutureTask<Boolean> updates = new FutureTask<>(() -> {
            while (!ended.get()) {
                offloaded.update().await();
            }
            return true;
        });
        new Thread(updates, "updates").start();
        try {
            return products.lap().millis();
        } finally {
            ended.set(true);
            updates.get();
        }
    }
}
