package dev.polyak.internal.store;

import dev.polyak.Device;
import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.DivideLaunch;
import dev.polyak.internal.cuda.KernelCodes;
import dev.polyak.internal.cuda.TensorTable;
import dev.polyak.internal.cuda.Waits;
import dev.polyak.internal.cuda.ZeroLaunch;
import dev.polyak.internal.partition.WorkerThreads;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store in the memory of a GPU: allocated or wrapped. What it does by itself is done on the legacy default stream, so
 * it comes after whatever was enqueued there and on streams that synchronise with it, and is done on return.
 */
public final class CudaMemoryStore extends MemoryStore {
    /** Numbers pass to and from the Java heap, which has no address, in pieces of this size. */
    private static final long BUFFER_BYTES = 1L << 20;

    private final Device device;
    private final CudaStream stream;
    private final Waits.Wait streamDone;
    private final long[] addresses;
    private final boolean oneAllocation;
    /** Recorded behind work on other streams; an event that was not recorded yet is waited for by nobody. */
    private volatile CudaEvent[] uses = {}; // replaced as a whole; going through it allocates nothing

    /** A store around memory of someone else. */
    public CudaMemoryStore(
            ParameterLayout layout, Device device, long[] addresses, List<String> origins, Ownership ownership) {
        this(layout, device, addresses, origins, false, ownership);
    }

    private CudaMemoryStore(
            ParameterLayout layout,
            Device device,
            long[] addresses,
            List<String> origins,
            boolean oneAllocation,
            Ownership ownership) {
        super(layout, origins, false, ownership);
        this.oneAllocation = oneAllocation;
        this.device = device;
        this.stream = CudaStream.wrap(device.index(), 0);
        this.streamDone = stream::await;
        this.addresses = addresses;
    }

    public static CudaMemoryStore allocate(ParameterLayout layout, Device device) {
        CudaMemory memory = CudaMemory.allocate(device.index(), layout.byteSize(), layout.size() + " tensors");
        try {
            long[] addresses = new long[layout.size()];
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] = memory.address() + layout.offset(i);
            }
            CudaMemoryStore store = new CudaMemoryStore(
                    layout,
                    device,
                    addresses,
                    Collections.nCopies(addresses.length, "memory"),
                    true,
                    Ownership.of(memory::close));
            store.stream.fill(memory.address(), (byte) 0, layout.byteSize());
            Waits.finish(store.stream);
            return store;
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public @Nullable MemorySegment memory(int tensor) {
        return null;
    }

    @Override
    public int threads() {
        return WorkerThreads.shared().size();
    }

    @Override
    public void requirePresent() {} // none of it is in a file

    @Override
    public long address(int tensor) {
        return addresses[tensor];
    }

    /** How many bytes this store's first tensor lies behind another store's. */
    public long behind(CudaMemoryStore other) {
        return addresses.length == 0 ? 0 : addresses[0] - other.addresses[0];
    }

    /** Whether every tensor lies as far behind another store's of the same layout as the first does. */
    public boolean isShiftOf(CudaMemoryStore other) {
        for (int i = 0; i < addresses.length; i++) {
            if (addresses[i] - other.addresses[i] != behind(other)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all tensors, and what is between them, are one piece of memory. */
    boolean isOneAllocation() {
        return oneAllocation;
    }

    /** The stream of what this store does by itself, behind everything that is known to use the store. */
    @Override
    public CudaStream stream() {
        for (CudaEvent use : uses) {
            stream.waitFor(use);
        }
        return stream;
    }

    /** Waits for what was enqueued on that stream. Allocates nothing. */
    public void finish() {
        Waits.finish(streamDone);
    }

    /** Lets what this store does by itself come behind an event, whenever it is recorded, until that is released. */
    public synchronized void comeBehind(CudaEvent use) {
        CudaEvent[] more = Arrays.copyOf(uses, uses.length + 1);
        more[uses.length] = use;
        uses = more;
    }

    /** Forgets an event behind which there is no work any more. */
    public synchronized void release(CudaEvent use) {
        uses = Arrays.stream(uses).filter(other -> other != use).toArray(CudaEvent[]::new);
    }

    @Override
    void copyOut(int tensor, long at, MemorySegment into) {
        CudaStream behind = stream();
        try (Arena arena = Arena.ofConfined()) {
            boolean direct = into.isNative();
            MemorySegment buffer = direct ? into : arena.allocate(Math.min(BUFFER_BYTES, into.byteSize()));
            for (long done = 0; done < into.byteSize(); done += buffer.byteSize()) {
                long bytes = Math.min(buffer.byteSize(), into.byteSize() - done);
                behind.copy(buffer.address(), addresses[tensor] + at + done, bytes);
                Waits.finish(behind);
                if (!direct) {
                    MemorySegment.copy(buffer, 0, into, done, bytes);
                }
            }
        }
    }

    @Override
    void copyIn(int tensor, long at, MemorySegment from) {
        CudaStream behind = stream();
        try (Arena arena = Arena.ofConfined()) {
            boolean direct = from.isNative();
            MemorySegment buffer = direct ? from : arena.allocate(Math.min(BUFFER_BYTES, from.byteSize()));
            for (long done = 0; done < from.byteSize(); done += buffer.byteSize()) {
                long bytes = Math.min(buffer.byteSize(), from.byteSize() - done);
                if (!direct) {
                    MemorySegment.copy(from, done, buffer, 0, bytes);
                }
                behind.copy(addresses[tensor] + at + done, buffer.address(), bytes);
                Waits.finish(behind);
            }
        }
    }

    @Override
    public void divide(BitSet tensors, double divisor) {
        try (TensorTable table = table(tensors)) {
            CudaStream behind = stream();
            new DivideLaunch(table, divisor).run(behind);
            Waits.finish(behind);
        }
    }

    @Override
    public void zero(BitSet tensors) {
        try (TensorTable table = table(tensors)) {
            CudaStream behind = stream();
            new ZeroLaunch(table).run(behind);
            Waits.finish(behind);
        }
    }

    /** Some of this store's tensors as averages, each with itself as its source. */
    private TensorTable table(BitSet tensors) {
        TensorTable.Builder table = TensorTable.builder();
        tensors.stream()
                .filter(tensor -> layout().ownerOf(tensor) == tensor)
                .forEach(tensor -> addRow(table, tensor, this, tensor, KernelCodes.code(Treatment.AVERAGE)));
        return table.build(device.index());
    }

    /** Adds one of this store's tensors, as the average, and its counterpart in a source to a table. */
    public void addRow(
            TensorTable.Builder table, int tensor, CudaMemoryStore source, int sourceTensor, byte... treatments) {
        TensorSpec mine = layout().tensor(tensor);
        table.row(
                addresses[tensor],
                source.addresses[sourceTensor],
                KernelCodes.count(mine),
                tensor,
                KernelCodes.of(mine.dtype()),
                KernelCodes.of(source.layout().tensor(sourceTensor).dtype()),
                treatments);
    }

    @Override
    public MemoryStore view(ParameterLayout view, MemoryStore[] stores, int[] tensors) {
        long[] parts = new long[tensors.length];
        List<String> from = new ArrayList<>();
        for (int i = 0; i < tensors.length; i++) {
            parts[i] = stores[i].address(tensors[i]);
            from.add(stores[i].origin(tensors[i]));
        }
        return new CudaMemoryStore(view, device, parts, from, Ownership.of(stores));
    }
}
