package dev.polyak.internal.store;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.internal.cuda.KernelCodes;
import dev.polyak.internal.cuda.SwapLaunch;
import dev.polyak.internal.cuda.TensorTable;
import dev.polyak.internal.cuda.UpdateLaunch;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.util.function.Consumer;

/** Between two stores on one GPU: one kernel, over all tensors. */
final class DeviceTransfer implements Transfer {
    private final CudaMemoryStore source;
    private final CudaMemoryStore target;

    DeviceTransfer(CudaMemoryStore source, CudaMemoryStore target) {
        this.source = source;
        this.target = target;
    }

    @Override
    public void copy(LayoutMatch match, ParameterLayout selection) {
        try (TensorTable table = table(match, selection)) {
            run(UpdateLaunch.copy(table)::run);
        }
    }

    @Override
    public void swap(LayoutMatch match) {
        try (TensorTable table = table(match, target.layout())) {
            run(new SwapLaunch(table)::run);
        }
    }

    private void run(Consumer<CudaStream> launch) {
        source.stream();
        CudaStream stream = target.stream(); // one stream for both, now behind the work on either
        launch.accept(stream);
        try {
            Waits.finish(stream);
        } catch (CudaException e) {
            throw new MemoryLostException(
                    "whether numbers were copied or exchanged on " + target.device() + " is not known: "
                            + e.getMessage(),
                    e);
        }
    }

    private TensorTable table(LayoutMatch match, ParameterLayout selection) {
        TensorTable.Builder table = TensorTable.builder();
        for (int i = 0; i < selection.size(); i++) {
            if (selection.ownerOf(i) == i) {
                int tensor = target.layout().indexOf(selection.tensor(i).name());
                target.addRow(table, tensor, source, match.sourceOf(tensor), KernelCodes.code(Treatment.COPY));
            }
        }
        return table.build(target.device().index());
    }
}
