package dev.polyak.internal.fold;

import dev.polyak.ChunkSink;
import dev.polyak.Device;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.DivideLaunch;
import dev.polyak.internal.cuda.KernelCodes;
import dev.polyak.internal.cuda.PinnedMemory;
import dev.polyak.internal.cuda.TensorTable;
import dev.polyak.internal.cuda.UpdateLaunch;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.store.Resources;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Makes pieces of a fold's result on a GPU: the average stays there while the sources pass, one being computed with
 * while the next is brought.
 */
public final class CudaFoldWorker extends FoldWorker {
    private static final int SLOTS = 2;
    private static final byte AVERAGE = KernelCodes.code(Treatment.AVERAGE);

    private final Resources resources = new Resources();
    private final long bufferBytes;
    private final CudaStream stream;
    private final long device;
    private final MemorySegment pinned;
    private final CudaEvent[] used = new CudaEvent[SLOTS];
    private final TensorTable table;
    private final UpdateLaunch update;
    private final DivideLaunch divide;

    public CudaFoldWorker(FoldPlan plan, ChunkSink sink, Device on) {
        super(plan, sink);
        this.bufferBytes = (long) plan.pieceElements() * Double.BYTES;
        try {
            int index = on.index();
            stream = resources.keep(CudaStream.create(index));
            device = resources
                    .keep(CudaMemory.allocate(index, (1 + SLOTS) * bufferBytes, "a fold's pieces"))
                    .address();
            pinned = resources
                    .keep(PinnedMemory.allocate(index, (1 + SLOTS) * bufferBytes))
                    .segment();
            for (int i = 0; i < SLOTS; i++) {
                used[i] = resources.keep(CudaEvent.create(index));
            }
            table = resources.keep(TensorTable.ofOneRow(index, plan.pieceElements()));
            update = new UpdateLaunch(table, 1, false, 0);
            divide = new DivideLaunch(table, plan.debiasing());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    void average(int tensor, DType type, long from, int count, MemorySegment result) {
        long bytes = (long) count * type.bits() / 8;
        begin(tensor, type, from, count, pinned);
        stream.copy(device, pinned.address(), bytes);
        for (int j = 0; j < plan.mixedCount(); j++) {
            int slot = j % SLOTS;
            DType stored = typeOf(j, tensor);
            long at = (1 + slot) * bufferBytes;
            Waits.finish(used[slot]);
            load(plan.mixed(j), tensor, stored, from, count, pinned.asSlice(at, bufferBytes));
            stream.copy(device + at, pinned.address() + at, (long) count * stored.bits() / 8);
            table.set(stream, device, device + at, count, KernelCodes.of(type), KernelCodes.of(stored), AVERAGE);
            update.average(
                    0,
                    0,
                    true,
                    false,
                    true,
                    plan.updates().weight(j),
                    plan.updates().decay(j),
                    plan.updates().divisor(j),
                    KernelCodes.code(plan.rule().formula()));
            update.run(stream);
            used[slot].record(stream);
        }
        if (plan.debiasing() != 1) {
            table.set(stream, device, device, count, KernelCodes.of(type), KernelCodes.of(type), AVERAGE);
            divide.run(stream);
        }
        stream.copy(pinned.address(), device, bytes);
        Waits.finish(stream);
        MemorySegment.copy(pinned, 0, result, 0, bytes);
    }

    @Override
    public void close() {
        try {
            resources.close();
        } finally {
            super.close();
        }
    }
}
