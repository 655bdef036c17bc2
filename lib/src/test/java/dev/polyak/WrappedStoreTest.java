package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tensors at odd addresses, in an order of their own. */
class WrappedStoreTest extends StoreContract {
    private static final TensorSpec TENSOR = TensorSpec.parameter("w", DType.F32, 4);

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    @Override
    ParameterStore make(ParameterLayout layout) {
        return wrap(layout, arena);
    }

    @Test
    void confinedMemoryIsUsedByItsThreadAlone() {
        try (Arena confined = Arena.ofConfined();
                ParameterStore source = Numbers.random(Numbers.MODEL, 1)) {
            ParameterStore store = wrap(Numbers.MODEL, confined);
            store.copyFrom(source);
            assertThat(Numbers.firstDifference(store, source)).isEmpty();
        }
    }

    @Test
    void heapSegmentsAndWrongSizesAreRefused() {
        assertThatThrownBy(() -> ParameterStore.wrap().tensor(TENSOR, MemorySegment.ofArray(new float[4])))
                .hasMessageContaining("'w' is on the Java heap");
        assertThatThrownBy(() ->
                        ParameterStore.wrap().tensor(TENSOR, Arena.ofAuto().allocate(12)))
                .hasMessageContaining("needs 16 bytes, its segment has 12");
    }

    @Test
    void partialOverlapsAreRefusedAndAliasesAreOneTensor() {
        MemorySegment memory = Arena.ofAuto().allocate(64);
        TensorSpec other = TensorSpec.parameter("v", DType.F32, 4);
        assertThatThrownBy(() -> ParameterStore.wrap()
                        .tensor(TENSOR, memory.asSlice(0, 16))
                        .tensor(other, memory.asSlice(12, 16))
                        .build())
                .hasMessageContaining("share some of their memory");
        assertThatThrownBy(() -> ParameterStore.wrap()
                        .tensor(TENSOR, memory.asSlice(0, 16))
                        .tensor(TensorSpec.parameter("v", DType.I32, 4), memory.asSlice(0, 16))
                        .build())
                .hasMessageContaining("share some of their memory");
        ParameterStore store = ParameterStore.wrap()
                .tensor(TENSOR, memory.asSlice(16, 16))
                .tensor(other, memory.asSlice(16, 16))
                .build();
        assertThat(store.layout().ownerOf(1)).isZero();
    }

    @Test
    void memoryIsWrappedByItsAddress() {
        MemorySegment memory = arena.allocate(16, 4);
        HostStore store = ParameterStore.wrap()
                .tensor(TENSOR, memory.address())
                .keep(memory)
                .build();
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, 3, 7);
        assertThat(store.segment("w").getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isEqualTo(7);
        assertThat(store.address(0)).isEqualTo(memory.address());
        assertThat(ParameterStore.wrap(Device.cpu())
                        .tensor(TENSOR, memory.address())
                        .build())
                .isInstanceOf(HostStore.class);
        assertThatThrownBy(() -> ParameterStore.wrap().tensor(TENSOR, 0L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'w' is at address 0");
    }

    @Test
    void aTensorThatItsFrameworkReplacedIsNotRead() {
        MemorySegment before = arena.allocate(16, 4);
        MemorySegment after = arena.allocate(16, 4);
        MemorySegment[] weights = {before};
        ParameterStore model =
                ParameterStore.wrap().tensor(TENSOR, () -> weights[0].address()).build();
        try (ParameterAverage ema = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.5))
                        .build();
                ParameterStore other = ParameterStore.allocate(model.layout())) {
            before.fill((byte) 1);
            ema.update();
            byte[] good = HostStore.of(ema.store()).segment(0).toArray(ValueLayout.JAVA_BYTE);
            weights[0] = after;
            before.fill((byte) 9); // what a framework leaves in memory that it has freed
            String moved =
                    String.format("'w' was wrapped at 0x%x and is now at 0x%x", before.address(), after.address());
            assertThatThrownBy(ema::update)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(moved);
            assertThatThrownBy(ema::swap).hasMessageContaining(moved);
            assertThatThrownBy(ema::restart).hasMessageContaining(moved);
            assertThatThrownBy(() -> other.copyFrom(model)).hasMessageContaining(moved);
            assertThatThrownBy(() -> model.read(0, 0, after)).hasMessageContaining(moved);
            assertThat(HostStore.of(ema.store()).segment(0).toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(good);
            assertThat(ema.counters().calls()).isEqualTo(1);
            weights[0] = before; // the average is whole, and goes on
            ema.update();
            assertThat(ema.counters().calls()).isEqualTo(2);
        }
    }

    @Test
    void anOwnerIsKeptUntilTheStoreIsClosed() throws InterruptedException {
        byte[] owner = new byte[100];
        WeakReference<byte[]> watched = new WeakReference<>(owner);
        ParameterStore store = ParameterStore.wrap()
                .tensor(TENSOR, arena.allocate(16))
                .keep(owner)
                .build();
        owner = null;
        System.gc();
        assertThat(watched.get()).isNotNull();
        store.close();
        for (int i = 0; i < 100 && watched.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(watched.get()).isNull();
        assertThat(store.layout().size()).isOne(); // the store itself is still there
    }

    /** As an arena does that another thread is using. */
    @Test
    void aCloseThatFailsCanBeTriedAgain() {
        int[] calls = new int[1];
        ParameterStore store = ParameterStore.wrap()
                .tensor(TENSOR, arena.allocate(16))
                .onClose(() -> {
                    if (++calls[0] == 1) {
                        throw new IllegalStateException("in use");
                    }
                })
                .build();
        assertThatThrownBy(store::close).hasMessage("in use");
        store.close();
        store.close();
        assertThat(calls[0]).isEqualTo(2);
    }

    /** As where a model closes its store, and the store its model. */
    @Test
    void aCloseThatComesBackToTheStoreIsDoneOnce() {
        int[] calls = new int[1];
        ParameterStore[] store = new ParameterStore[1];
        store[0] = ParameterStore.wrap()
                .tensor(TENSOR, arena.allocate(16))
                .onClose(() -> {
                    calls[0]++;
                    store[0].close();
                })
                .build();
        store[0].close();
        store[0].close();
        assertThat(calls[0]).isEqualTo(1);
    }

    static ParameterStore wrap(ParameterLayout layout, Arena arena) {
        WrappedStoreBuilder builder = ParameterStore.wrap();
        Map<Integer, MemorySegment> segments = new HashMap<>();
        for (int i = 0; i < layout.size(); i++) {
            TensorSpec tensor = layout.tensor(i);
            int skew = i % 7;
            MemorySegment segment = segments.computeIfAbsent(
                    layout.ownerOf(i),
                    owner -> arena.allocate(tensor.bytes() + 8, 8).asSlice(skew, tensor.bytes()));
            builder.tensor(tensor, segment);
        }
        return builder.build();
    }
}
