package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cuda.Cuda;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.NonFiniteException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.store.MemoryStore;
import dev.polyak.offload.Offload;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An average on another device than its model: the bits of one that is updated at once, whatever comes between. */
@Timeout(120)
class OffloadTest {
    private static final int INVALID_VALUE = 1;
    private static final Device GPU = Device.cuda(0);
    private static final ParameterLayout LAYOUT = ParameterLayout.builder()
            .add(TensorSpec.parameter("w", DType.F32, 3, 37))
            .add(TensorSpec.parameter("v", DType.BF16, 1100))
            .add(TensorSpec.buffer("mean", DType.F32, 11))
            .add(TensorSpec.buffer("count", DType.I64))
            .tied("head", "v")
            .build();

    @BeforeEach
    void requireCuda() {
        StandIn.require();
        Cuda.availability(); // now, so that no failure that a test asks for is remembered as a lack of CUDA
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(StandIn.liveBytes()).as(StandIn.report()).isZero();
    }

    /** The ways an update can be made, with what a training has to do for each. */
    private enum Way {
        GATED(Offload.GATED),
        TWO_STAGINGS(Offload.GATED.withStagings(2)),
        SNAPSHOT(Offload.GATED.with(Offload.Mode.SNAPSHOT)),
        BLOCKING(Offload.GATED.with(Offload.Mode.BLOCKING));

        final Offload offload;

        Way(Offload offload) {
            this.offload = offload;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GATED", "TWO_STAGINGS", "SNAPSHOT", "BLOCKING"})
    void trainingGoesOnBesideIt(String way) {
        train(Way.valueOf(way).offload, 400, 7);
    }

    @Test
    void tenThousandStepsUnderEveryDelay() {
        Random random = new Random(5);
        for (int run = 0; run < 25; run++) {
            Way way = Way.values()[random.nextInt(Way.values().length)];
            train(way.offload, 400, random.nextInt());
        }
    }

    /** Trains a model on a GPU with random delays, and compares its average now and then with one on the host. */
    private static void train(Offload offload, int steps, int seed) {
        Random random = new Random(seed);
        StandIn.delays(seed, 30);
        try (ParameterStore reference = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(reference);
                CudaStream training = CudaStream.create(0);
                ParameterAverage expected = of(reference, null);
                ParameterAverage average = of(model, offload);
                Steps numbers = new Steps(LAYOUT, 8)) {
            UpdateTicket ticket = UpdateTicket.DONE;
            for (int step = 1; step <= steps; step++) {
                numbers.forwardPass(step, model, training); // changes buffers while parameters are being copied
                ticket.gate(training);
                numbers.optimizerStep(step, model, training);
                ticket = average.update(training);
                reference.copyFrom(numbers.of(step));
                expected.update();
                if (random.nextInt(50) == 0) {
                    assertThat(Numbers.firstDifference(average.store(), expected.store()))
                            .as("step %d, seed %d, %s", step, seed, offload)
                            .isEmpty();
                }
                if (random.nextInt(50) == 0) {
                    try (SwappedAverage here = average.swap();
                            SwappedAverage there = expected.swap()) {
                        assertThat(Numbers.firstDifference(model, reference)).isEmpty();
                        assertThat(Numbers.firstDifference(here.model(), there.model()))
                                .isEmpty();
                    }
                    assertThat(Numbers.firstDifference(model, reference)).isEmpty();
                }
            }
            assertThat(average.counters()).isEqualTo(expected.counters());
            assertThat(Numbers.firstDifference(average.store(), expected.store()))
                    .as("seed %d, %s", seed, offload)
                    .isEmpty();
            assertThat(average.stats().updates()).isEqualTo(steps);
            assertThat(average.stats().staleness()).isZero();
        }
    }

    /** Some steps' numbers, in the memory of the GPU and of the host. */
    private static final class Steps implements AutoCloseable {
        private final ParameterStore[] host;
        private final ParameterStore[] gpu;

        Steps(ParameterLayout layout, int count) {
            host = new ParameterStore[count];
            gpu = new ParameterStore[count];
            for (int i = 0; i < count; i++) {
                host[i] = Numbers.random(layout, 100 + i);
                gpu[i] = onGpu(host[i]);
            }
        }

        ParameterStore of(int step) {
            return host[step % host.length];
        }

        void forwardPass(int step, ParameterStore model, CudaStream stream) {
            copy(step, model, stream, Role.BUFFER);
        }

        void optimizerStep(int step, ParameterStore model, CudaStream stream) {
            copy(step, model, stream, Role.PARAMETER);
        }

        private void copy(int step, ParameterStore model, CudaStream stream, Role role) {
            for (int i = 0; i < model.layout().size(); i++) {
                TensorSpec tensor = model.layout().tensor(i);
                if (tensor.role() == role) {
                    stream.copy(model.address(i), gpu[step % gpu.length].address(i), tensor.bytes());
                }
            }
        }

        @Override
        public void close() {
            for (int i = 0; i < host.length; i++) {
                host[i].close();
                gpu[i].close();
            }
        }
    }

    @Test
    void aPlainUpdateHasReadTheModelOnReturn() {
        StandIn.delays(3, 500);
        try (ParameterStore reference = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(reference);
                ParameterAverage expected = of(reference, null);
                ParameterAverage average = of(model, Offload.GATED)) {
            for (int step = 1; step < 30; step++) {
                Numbers.randomize(reference, step);
                model.copyFrom(reference);
                average.update();
                expected.update();
            }
            assertThat(Numbers.firstDifference(average.store(), expected.store()))
                    .isEmpty();
        }
    }

    @Test
    void anyDeviceCanHaveTheAverageOfAny() {
        for (Device from : List.of(Device.cpu(), GPU)) {
            for (Device to : List.of(Device.cpu(), GPU, Device.cuda(1))) {
                try (ParameterStore reference = Numbers.random(LAYOUT, 0);
                        ParameterStore model = ParameterStore.allocate(LAYOUT, from)) {
                    model.copyFrom(reference);
                    try (ParameterAverage expected = of(reference, null);
                            ParameterAverage average = ParameterAverage.builder(model)
                                    .schedule(Schedules.decay(0.9))
                                    .device(to)
                                    .offload(Offload.GATED)
                                    .build()) {
                        for (int step = 1; step < 5; step++) {
                            Numbers.randomize(reference, step);
                            model.copyFrom(reference);
                            average.update();
                            expected.update();
                        }
                        assertThat(average.store().device()).isEqualTo(to);
                        assertThat(Numbers.firstDifference(average.store(), expected.store()))
                                .as("from %s to %s", from, to)
                                .isEmpty();
                        try (SwappedAverage here = average.swap();
                                SwappedAverage there = expected.swap()) {
                            assertThat(Numbers.firstDifference(model, reference))
                                    .isEmpty();
                            assertThat(Numbers.firstDifference(here.model(), there.model()))
                                    .isEmpty();
                        }
                        assertThat(Numbers.firstDifference(model, reference)).isEmpty();
                    }
                }
            }
        }
    }

    @Test
    void anUpdateWithoutAGateIsDiscardedAndTheNextSaysSo() throws InterruptedException {
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                CudaStream training = CudaStream.create(0);
                ParameterAverage average = of(model, Offload.GATED.withStagings(2));
                ParameterStore before = average.value()) {
            Numbers.randomize(host, 1);
            model.copyFrom(host);
            StandIn.bandwidth(0, 20_000); // the copy takes a tenth of a second
            UpdateTicket first = average.update(training);
            assertThatThrownBy(() -> average.update(training))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("update 1 was still reading the model when update 2 began")
                    .hasMessageContaining("gate(stream)");
            assertThatThrownBy(first::await).isInstanceOf(UpdateFailedException.class);
            StandIn.bandwidth(0, 0);
            assertThat(Numbers.firstDifference(average.store(), before)).isEmpty();
            average.update(training).await();
            assertThat(Numbers.firstDifference(average.store(), before)).isNotEmpty();
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 1));
            assertThat(average.stats().failed()).isEqualTo(1);
        }
    }

    @Test
    void aBusyAverageWaitsOrSkipsAndAHalfLifeMakesUp() throws InterruptedException {
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                CudaStream training = CudaStream.create(0);
                ParameterAverage waiting = of(model, Offload.GATED);
                ParameterAverage skipping = ParameterAverage.builder(model)
                        .schedule(Schedules.halfLife(3))
                        .device(Device.cpu())
                        .offload(Offload.GATED.with(Offload.WhenBusy.SKIP))
                        .build();
                ParameterAverage thrice = ParameterAverage.builder(host)
                        .schedule(Schedules.halfLife(3).over(3))
                        .build();
                ParameterAverage once = ParameterAverage.builder(host)
                        .schedule(Schedules.halfLife(3))
                        .build()) {
            Numbers.randomize(host, 1);
            model.copyFrom(host);
            UpdateTicket ticket = skipping.update(training);
            ticket.gate(training);
            ticket.await();
            once.update();
            thrice.restore(once.counters(), once.store());
            StandIn.bandwidth(0, 100_000);
            UpdateTicket slow = waiting.update(training);
            slow.gate(training);
            waiting.update(training).gate(training);
            assertThat(waiting.stats().waited()).isPositive();
            waiting.counters();

            try (AverageReading reading = skipping.reading()) { // which holds the next update up
                assertThat(reading.store(0)).isNotNull();
                skipping.update(training).gate(training); // under way until the reading ends
                Numbers.randomize(host, 2);
                model.copyFrom(host);
                skipping.update(training).gate(training);
                skipping.update(training).gate(training);
                assertThat(skipping.stats().skipped()).isEqualTo(2);
                assertThat(skipping.stats().staleness()).isEqualTo(3);
            }
            skipping.counters();
            Numbers.randomize(host, 1);
            once.update();
            thrice.restore(once.counters(), once.store());
            Numbers.randomize(host, 2);
            thrice.update();
            skipping.update(training).await(); // stands for three
            assertThat(Numbers.firstDifference(skipping.store(), thrice.store()))
                    .isEmpty();
            StandIn.bandwidth(0, 0);
        }
    }

    @Test
    void aReaderSeesACompleteUpdateWhileTrainingGoesOn() throws Exception {
        ParameterLayout layout = ParameterLayout.of(
                TensorSpec.parameter("a", DType.F32, 300_000), TensorSpec.parameter("b", DType.F32, 300_000));
        try (ParameterStore model = ParameterStore.allocate(layout, GPU);
                CudaStream training = CudaStream.create(0);
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0))
                        .device(Device.cpu())
                        .build()) {
            CountDownLatch enough = new CountDownLatch(200);
            Thread reader = new Thread(() -> {
                while (enough.getCount() > 0) {
                    try (AverageReading reading = average.reading()) {
                        ParameterStore store = reading.store(0);
                        boolean same = HostStore.of(store)
                                        .segment(0)
                                        .mismatch(HostStore.of(store).segment(1))
                                < 0;
                        if (!same) {
                            return;
                        }
                        enough.countDown();
                    }
                }
            });
            reader.start();
            int step = 0;
            while (reader.isAlive()) {
                UpdateTicket ticket = average.update(training);
                ticket.gate(training);
                training.fill(model.address(0), (byte) step, layout.byteSize());
                step++;
            }
            assertThat(enough.await(0, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void everyCallThatFailsFailsAnUpdateAndNothingElse() throws InterruptedException {
        for (Way way : Way.values()) {
            long calls = failing(way, 0);
            for (long n = 1; n <= calls + 2; n++) {
                failing(way, n);
            }
        }
    }

    private static long failing(Way way, long n) throws InterruptedException {
        String where = way + ", call " + n;
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                CudaStream training = CudaStream.create(0);
                ParameterAverage average = of(model, way.offload);
                ParameterAverage expected = of(host, null);
                ParameterStore before = expected.value()) {
            average.counters(); // settles
            Numbers.randomize(host, 1);
            model.copyFrom(host);
            long begin = StandIn.calls();
            if (n > 0) {
                StandIn.fail(n, INVALID_VALUE);
            }
            boolean failed = false;
            UpdateTicket ticket = UpdateTicket.DONE;
            try {
                ticket = average.update(training);
                ticket.gate(training);
            } catch (CudaException e) {
                failed = true;
            }
            try {
                ticket.await();
            } catch (UpdateFailedException | MemoryLostException e) {
                failed = true;
            }
            long calls = StandIn.calls() - begin;
            StandIn.reset();
            expected.update();
            MemoryStore numbers = average.average(0).memory();
            assertThat(isTorn(average)).as(where).isFalse();
            boolean old = Numbers.firstDifference(numbers, before).isEmpty();
            boolean renewed = Numbers.firstDifference(
                            numbers, expected.average(0).memory())
                    .isEmpty();
            assertThat(old || renewed).as(where).isTrue();
            assertThat(failed || renewed).as(where).isTrue();
            assertThat(average.counters().updates()).as(where).isEqualTo(renewed ? 1 : 0);
            average.restart();
            assertThat(Numbers.firstDifference(average.store(), host)).as(where).isEmpty();
            return calls;
        }
    }

    private static boolean isTorn(ParameterAverage average) {
        try {
            average.store();
            return false;
        } catch (UpdateFailedException e) {
            return false; // it says what the ticket has not been asked
        } catch (IllegalStateException e) {
            return true;
        }
    }

    @Test
    void anUpdateThatFindsNoNumbersIsLeftOutOrFails() throws InterruptedException {
        for (NonFinitePolicy policy : List.of(NonFinitePolicy.SKIP_UPDATE, NonFinitePolicy.ABORT)) {
            try (ParameterStore host = Numbers.random(LAYOUT, 0);
                    ParameterStore model = onGpu(host);
                    CudaStream training = CudaStream.create(0);
                    ParameterAverage average = ParameterAverage.builder(model)
                            .schedule(Schedules.decay(0.9))
                            .device(Device.cpu())
                            .nonFinite(policy)
                            .build();
                    ParameterStore before = average.value()) {
                Numbers.set(model, "w", Double.NaN);
                UpdateTicket ticket = average.update(training);
                if (policy == NonFinitePolicy.ABORT) {
                    assertThatThrownBy(ticket::await)
                            .isInstanceOf(UpdateFailedException.class)
                            .hasCauseInstanceOf(NonFiniteException.class)
                            .hasMessageContaining("in tensor 'w'");
                } else {
                    ticket.await();
                    assertThat(average.skippedUpdates()).isEqualTo(1);
                }
                assertThat(Numbers.firstDifference(average.store(), before)).isEmpty();
            }
        }
    }

    @Test
    void aFailureThatNobodyHasAskedForIsToldByTheNextCall() {
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.9))
                        .device(Device.cpu())
                        .nonFinite(NonFinitePolicy.ABORT)
                        .build()) {
            Numbers.set(model, "w", Double.NaN);
            average.update();
            assertThatThrownBy(average::store)
                    .isInstanceOf(UpdateFailedException.class)
                    .hasMessageContaining("update 1 was not made; the average is as it was before");
            Numbers.set(model, "w", 1);
            average.update();
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 1));
        }
    }

    @Test
    void anOffloadNeedsAStaging() {
        assertThatThrownBy(() -> Offload.GATED.withStagings(0)).hasMessageContaining("at least 1 staging");
    }

    @Test
    void theAverageMayBeAMappedFile(@TempDir Path folder) throws IOException {
        try (Arena arena = Arena.ofShared();
                ParameterStore reference = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(reference);
                ParameterAverage expected = of(reference, null)) {
            ParameterStore file =
                    MappedStoreTest.map(folder.resolve("average"), LAYOUT, arena, FileChannel.MapMode.READ_WRITE);
            try (ParameterAverage average = ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.9))
                    .into(file)
                    .build()) {
                Numbers.randomize(reference, 1);
                model.copyFrom(reference);
                average.update();
                expected.update();
            }
            assertThat(Numbers.firstDifference(file, expected.store())).isEmpty();
            assertThatThrownBy(() -> ParameterAverage.builder(model)
                            .schedule(Schedules.decay(0.9))
                            .dtype(DType.F64)
                            .into(file)
                            .build())
                    .hasMessageContaining("cannot be kept in a store of");
        }
    }

    @Test
    void anInterruptedThreadBeginsNothingAndLosesNothing() throws InterruptedException {
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                CudaStream training = CudaStream.create(0);
                ParameterAverage average = of(model, Offload.GATED)) {
            AverageReading[] readings = new AverageReading[1];
            Thread reader = new Thread(() -> readings[0] = average.reading());
            reader.start();
            reader.join();
            try (AverageReading reading = readings[0]) {
                assertThat(reading.store(0)).isNotNull();
                average.update(training).gate(training); // cannot end while it is read
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> average.update(training))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("interrupted");
                assertThat(Thread.interrupted()).isTrue();
            }
            average.update(training).await();
            assertThat(average.counters()).isEqualTo(new AverageCounters(2, 2));
        }
    }

    @Test
    void aModelThatIsClosedFailsTheUpdate() {
        try (ParameterStore host = Numbers.random(LAYOUT, 0);
                ParameterStore model = onGpu(host);
                ParameterAverage average = of(model, Offload.GATED);
                ParameterStore before = average.value()) {
            model.close();
            assertThatThrownBy(average::update).isInstanceOf(CudaException.class);
            assertThat(Numbers.firstDifference(average.store(), before)).isEmpty();
        }
    }

    @Test
    void aModelInHostMemoryThatIsClosedFailsTheUpdate() {
        Arena arena = Arena.ofShared();
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 5));
        try (ParameterStore model = ParameterStore.wrap()
                        .tensor(layout.tensor(0), arena.allocate(20))
                        .build();
                ParameterAverage average = ParameterAverage.builder(model)
                        .schedule(Schedules.decay(0.9))
                        .offload(Offload.GATED)
                        .build()) {
            average.update();
            arena.close();
            assertThatThrownBy(average::update)
                    .isInstanceOf(UpdateFailedException.class)
                    .hasMessageContaining("update 2 was not made")
                    .hasCauseInstanceOf(MemoryLostException.class);
            assertThat(Numbers.number(average.store(), "w")).isZero();
        }
    }

    @Test
    void aLostGpuLosesNoCompleteUpdate() throws Exception {
        assertThat(output(LostGpu.class)).isEqualTo("lost, and the average as before\n");
    }

    @Test
    void aGpuLostInASwapLeavesTheModelInHostMemory() throws Exception {
        assertThat(output(LostInSwap.class).lines().distinct())
                .contains("the model is in host memory")
                .doesNotContain("the model is lost");
    }

    private static String output(Class<?> main) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(ChildJvm.SIMD);
        options.addAll(ChildJvm.cuda(StandIn.library()));
        ProcessBuilder builder = ChildJvm.builder(main, options);
        builder.environment().put("STAND_IN_DEVICES", String.valueOf(LostInSwap.DEVICES));
        return ChildJvm.run(builder).out();
    }

    /** A process that loses one GPU after the other, each at a later point of a swap. */
    static final class LostInSwap {
        static final int DEVICES = 12;

        public static void main(String[] arguments) {
            for (int k = 0; k < DEVICES; k++) {
                try (ParameterStore raw = Numbers.random(LAYOUT, 0);
                        ParameterStore model = ParameterStore.allocate(LAYOUT, Device.cuda(k))) {
                    model.copyFrom(raw);
                    try (ParameterAverage average = of(model, Offload.GATED)) {
                        average.counters(); // its staging is there
                        StandIn.failOperation(k + 1, LostGpu.ILLEGAL_ADDRESS);
                        System.out.println(swapped(average, raw));
                        StandIn.failOperation(0, 0);
                    }
                }
            }
        }

        private static String swapped(ParameterAverage average, ParameterStore raw) {
            try {
                average.swap().close();
                return "not lost";
            } catch (MemoryLostException e) {
                if (!e.getMessage().contains("they are whole in host memory")) {
                    return "lost before anything was written";
                }
                boolean whole = Numbers.firstDifference(average.model(), raw).isEmpty();
                return whole ? "the model is in host memory" : "the model is lost";
            } catch (CudaException e) {
                return "lost before anything was written";
            }
        }
    }

    /** A process whose GPU is lost while an update is being copied: what was lost stays so for as long as it lives. */
    static final class LostGpu {
        private static final int ILLEGAL_ADDRESS = 700;

        public static void main(String[] arguments) throws InterruptedException {
            try (ParameterStore host = Numbers.random(LAYOUT, 0);
                    ParameterStore model = onGpu(host);
                    ParameterAverage average = of(model, Offload.GATED);
                    ParameterAverage expected = of(host, null)) {
                Numbers.randomize(host, 1);
                model.copyFrom(host);
                average.update().await();
                expected.update();
                StandIn.failOperation(1, ILLEGAL_ADDRESS);
                String outcome = "not lost";
                try (CudaStream training = CudaStream.create(0)) {
                    average.update(training).await();
                } catch (UpdateFailedException | CudaException e) {
                    outcome = "lost";
                }
                String difference = Numbers.firstDifference(average.store(), expected.store());
                System.out.print(outcome + (difference.isEmpty() ? ", and the average as before" : difference) + "\n");
            }
        }
    }

    @Test
    void memoryOfTheGpuIsNotTaken() {
        ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1 << 20));
        try (ParameterStore model = ParameterStore.allocate(layout, GPU)) {
            long before = StandIn.liveBytes();
            try (ParameterAverage average = ParameterAverage.builder(model)
                    .schedule(Schedules.decay(0.9))
                    .device(Device.cpu())
                    .build()) {
                average.update();
                average.update();
                assertThat(StandIn.liveBytes()).isEqualTo(before);
            }
        }
    }

    private static ParameterAverage of(ParameterStore model, Offload offload) {
        AverageBuilder builder = ParameterAverage.builder(model).schedule(Schedules.decay(0.9));
        return (offload == null ? builder : builder.device(Device.cpu()).offload(offload)).build();
    }

    private static ParameterStore onGpu(ParameterStore numbers) {
        ParameterStore store = ParameterStore.allocate(numbers.layout(), GPU);
        store.copyFrom(numbers);
        return store;
    }
}
