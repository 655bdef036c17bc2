package dev.polyak.bench.peer;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.bench.work.Pairing;
import dev.polyak.bench.work.Tensors;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether the library's update leaves the bits that PyTorch's leaves. */
final class SameBits {
    static final double DECAY = 0.999;
    /** One that several threads share, and some with every kind of rest. */
    private static final Tensors TENSORS = new Tensors("example", List.of(3_000_001L, 1L, 63L, 4096L, 100_003L));

    private SameBits() {}

    /**
     * Compares one update of numbers that PyTorch chose.
     *
     * @param folder where a file may be written and deleted again
     * @throws AssertionError if a bit differs
     */
    static void check(TorchPeer torch, Formula formula, Pairing types, int threads, Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "example", ".bin");
        try (ParameterStore model = ParameterStore.allocate(TENSORS.layout(types.source()), Device.cpu());
                ParameterAverage average = ParameterAverage.builder(model)
                        .rule(ScheduledRule.of(Schedules.decay(DECAY)).formula(formula.formula()))
                        .dtype(types.kept())
                        .threads(threads)
                        .build();
                FileChannel channel = FileChannel.open(file)) {
            torch.example(formula, types.source(), TENSORS, file);
            MemorySegment example = MemorySegment.ofBuffer(channel.map(MapMode.READ_ONLY, 0, channel.size()));
            long elements = TENSORS.elements();
            long before = elements * bytes(types.source());
            long after = before + elements * bytes(types.kept());
            fill(model, example.asSlice(0, before));
            fill(average.store(), example.asSlice(before, after - before));
            average.update();
            compare(average.store(), example.asSlice(after), formula + ", " + types + ", " + threads + " threads");
        } finally {
            Files.delete(file);
        }
    }

    private static void fill(ParameterStore store, MemorySegment numbers) {
        long at = 0;
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            MemorySegment target = HostStore.of(store).segment(tensor);
            target.copyFrom(numbers.asSlice(at, target.byteSize()));
            at += target.byteSize();
        }
    }

    private static void compare(ParameterStore store, MemorySegment expected, String what) {
        long at = 0;
        for (int tensor = 0; tensor < store.layout().size(); tensor++) {
            MemorySegment found = HostStore.of(store).segment(tensor);
            long differs = found.mismatch(expected.asSlice(at, found.byteSize()));
            if (differs >= 0) {
                throw new AssertionError(
                        "PyTorch has other bits at byte " + differs + " of tensor " + tensor + " after " + what);
            }
            at += found.byteSize();
        }
    }

    private static int bytes(DType type) {
        return type.bits() / Byte.SIZE;
    }
}
