package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.internal.safetensors.Json;
import dev.polyak.frameworks.Rules;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.rule.AverageRule;
import dev.polyak.rule.ForwardingRule;
import dev.polyak.rule.ScheduledRule;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.StandIn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Processes that share a model, one after the other in this one. */
class ShardedAverageTest {
    private static final AverageRule RULE = ScheduledRule.of(Schedules.decay(0.9));
    private static final ParameterLayout LAYOUT = ParameterLayout.builder()
            .add(TensorSpec.parameter("embedding", DType.BF16, 40, 3))
            .add(TensorSpec.parameter("fc.weight", DType.F32, 7, 9))
            .add(TensorSpec.buffer("table", DType.F32, 30))
            .add(TensorSpec.parameter("fc.bias", DType.F32, 7))
            .add(TensorSpec.buffer("bn.num_batches_tracked", DType.I64))
            .tied("head", "embedding")
            .build();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void theFilesAreTheCheckpointOfTheWhole(int world) throws IOException {
        train(Device.cpu(), world);
    }

    @Test
    void averagesOnAGpuAreSavedAlike() throws IOException {
        StandIn.require();
        train(Device.cuda(0), 3);
        assertThat(CudaMemory.live(0)).isEmpty();
    }

    /** Averages a model whole and in shards, by way of files, and compares. */
    private void train(Device device, int world) throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, world);
        try (ParameterStore model = Trained.model(LAYOUT);
                ParameterAverage whole = averageOf(model);
                Shards shards = new Shards(model, device, world)) {
            List<ParameterAverage> averages = shards.begin();
            shards.step(1, averages, whole);
            save(files, averages);
            close(averages);

            List<ParameterAverage> resumed = shards.resume(files);
            shards.step(2, resumed, whole);
            save(files, resumed);
            close(resumed);

            for (Path path : List.of(folder, files.index())) {
                try (Checkpoint checkpoint = Checkpoint.open(path)) {
                    assertThat(checkpoint.store().layout().tensors())
                            .containsExactlyInAnyOrderElementsOf(whole.layout().tensors());
                    Trained.requireSame(checkpoint.store(), whole.store());
                }
            }
            try (SavedAverage saved = SavedAverage.open(files.index());
                    ParameterAverage alone = averageOf(model)) {
                alone.restore(saved.counters(), saved.store()); // as another number of processes does
                assertThat(alone.counters()).isEqualTo(whole.counters());
                Trained.requireSame(alone.store(), whole.store());
            }
            assertThat(folder)
                    .isDirectoryContaining("glob:**/ema-00001-of-0000" + world + ".safetensors")
                    .isDirectoryContaining("glob:**/ema-0000" + world + "-of-0000" + world + ".safetensors");
        }
    }

    @Test
    void theIndexIsWhatHuggingFaceReads() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "model", LAYOUT, 2);
        try (ParameterStore model = Trained.model(LAYOUT);
                Shards shards = new Shards(model, Device.cpu(), 2)) {
            save(files, shards.begin());
        }
        long bytes = 0;
        for (TensorSpec tensor : LAYOUT.tensors()) { // tied ones under each name, as in the files
            bytes += tensor.as(tensor.dtype().isFloat() ? DType.F32 : tensor.dtype())
                    .bytes();
        }
        List<String> names = new ArrayList<>();
        try (JsonParser json = Json.parser(Files.readString(files.index()))) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.PROPERTY_NAME) {
                    names.add(json.currentName());
                } else if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                    assertThat(json.getLongValue()).isEqualTo(bytes);
                } else if (json.currentToken() == JsonToken.VALUE_STRING) {
                    assertThat(json.getString()).matches("model-0000[12]-of-00002\\.safetensors");
                }
            }
        }
        assertThat(names)
                .containsExactly(
                        "metadata",
                        "total_size",
                        "weight_map",
                        "embedding",
                        "fc.weight",
                        "table",
                        "fc.bias",
                        "bn.num_batches_tracked",
                        "head");
    }

    @Test
    void whatTheRuleLeavesOutIsInNoFile() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 3);
        AverageRule rule = Rules.diffusers().build().rule();
        try (ParameterStore model = Trained.model(LAYOUT);
                Shards shards = new Shards(model, Device.cpu(), 3)) {
            List<ParameterAverage> averages = new ArrayList<>();
            for (ParameterStore shard : shards.stores) {
                averages.add(ParameterAverage.builder(shard).rule(rule).build());
            }
            save(files, averages);
            close(averages);
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.store().layout().tensors())
                    .extracting(TensorSpec::name)
                    .containsExactlyInAnyOrder("embedding", "fc.weight", "fc.bias", "head");
        }
    }

    /** The second of them under a rule of the user's own, of which the file does not say which tensors it holds. */
    @Test
    void severalAveragesAreSavedTogether() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 2);
        List<AverageRule> rules = List.of(
                Rules.diffusers().build().rule(),
                ownRuleOf(Rules.diffusers().build().rule()));
        for (List<AverageRule> each : List.of(rules, List.of(rules.get(1), rules.get(0)))) {
            try (ParameterStore model = Trained.model(LAYOUT);
                    Shards shards = new Shards(model, Device.cpu(), 2);
                    ParameterAverage whole =
                            ParameterAverage.builder(model).rules(each).build()) {
                List<ParameterAverage> averages = new ArrayList<>();
                for (ParameterStore shard : shards.stores) {
                    averages.add(ParameterAverage.builder(shard).rules(each).build());
                }
                shards.step(1, averages, whole);
                shards.step(2, averages, whole);
                for (int rank = 0; rank < 2; rank++) {
                    files.save(rank, averages.get(rank));
                }
                files.saveIndex();
                close(averages);
                try (SavedAverage saved = SavedAverage.open(files.index());
                        ParameterAverage resumed = saved.resume(model, each.toArray(AverageRule[]::new))) {
                    assertThat(resumed.counters()).isEqualTo(whole.counters());
                    for (int k = 0; k < 2; k++) {
                        for (TensorSpec tensor : whole.layout().tensors()) {
                            assertThat(HostStore.of(resumed.average(k).store())
                                            .segment(tensor.name())
                                            .mismatch(HostStore.of(
                                                            whole.average(k).store())
                                                    .segment(tensor.name())))
                                    .as(k + ": " + tensor)
                                    .isEqualTo(-1);
                        }
                    }
                }
            }
        }
    }

    private static AverageRule ownRuleOf(AverageRule rule) {
        return new ForwardingRule() {
            @Override
            public AverageRule rule() {
                return rule;
            }

            @Override
            public double decay(long number) {
                return rule.decay(number) / 2;
            }

            @Override
            public double weight(long number) {
                return 1 - decay(number);
            }
        };
    }

    @Test
    void aProcessThatEndsTooSoonLeavesNoIndex() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 2);
        try (ParameterStore model = Trained.model(LAYOUT);
                ParameterAverage whole = averageOf(model);
                Shards shards = new Shards(model, Device.cpu(), 2)) {
            List<ParameterAverage> averages = shards.begin();
            files.save(0, averages.get(0), Map.of());
            refuses(files, files.file(1) + "' cannot be read: there is no such file");

            save(files, averages);
            shards.step(1, averages, whole);
            files.save(1, averages.get(1), Map.of()); // and process 0 ends before it has saved
            refuses(files, "has an average after 0 calls", "one after 1, so they were not saved together");
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> Checkpoint.open(folder))
                    .withMessageContaining("they were not saved together");
            close(averages);
        }
    }

    @Test
    void aShardThatCannotBeWrittenLeavesTheOlderIndex() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 2);
        try (ParameterStore model = Trained.model(LAYOUT);
                Shards shards = new Shards(model, Device.cpu(), 2)) {
            List<ParameterAverage> averages = shards.begin();
            save(files, averages);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> files.save(0, averages.get(1), Map.of()))
                    .withMessageContaining("process 0 of 2 has a shard of ");
            averages.get(1).close();
            assertThat(files.index()).exists();
            Checkpoint.open(folder).close();
            averages.get(0).close();
        }
    }

    @Test
    void filesOfAnotherModelAreNotIndexed() throws IOException {
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 2);
        ParameterLayout other = LAYOUT.select(tensor -> !tensor.name().equals("fc.bias"));
        try (ParameterStore model = Trained.model(other);
                Shards shards = new Shards(model, Device.cpu(), 2)) {
            List<ParameterAverage> averages = shards.begin();
            ShardedAverage theirs = new ShardedAverage(folder, "ema", other, 2);
            theirs.save(0, averages.get(0), Map.of());
            theirs.save(1, averages.get(1), Map.of());
            refuses(files, "does not have the tensors of shard");
            close(averages);
        }
    }

    @Test
    void impossibleNamesAndNumbersAreRefused() {
        for (String stem : List.of("", "a/b", "..", ".hidden", "/")) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ShardedAverage(folder, stem, LAYOUT, 2));
        }
        for (int world : new int[] {0, -1, 100_000}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ShardedAverage(folder, "ema", LAYOUT, world));
        }
        ShardedAverage files = new ShardedAverage(folder, "ema", LAYOUT, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files.file(2))
                .withMessageContaining("from 0 to 1, not 2");
        assertThatIllegalArgumentException().isThrownBy(() -> files.open(-1));
    }

    private static void refuses(ShardedAverage files, String... messages) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(files::saveIndex)
                .satisfies(e -> assertThat(e.getMessage()).contains(messages));
        assertThat(files.index()).doesNotExist();
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> files.open(1))
                .withMessageContaining("not all processes saved their averages to the end");
    }

    private static void save(ShardedAverage files, List<ParameterAverage> averages) throws CheckpointException {
        for (int rank = 0; rank < averages.size(); rank++) {
            files.save(rank, averages.get(rank), Map.of());
        }
        files.saveIndex();
    }

    private static ParameterAverage averageOf(ParameterStore model) {
        return ParameterAverage.builder(model).rule(RULE).dtype(DType.F32).build();
    }

    private static void close(List<ParameterAverage> averages) {
        averages.forEach(ParameterAverage::close);
    }

    /** The shards of a model, each in a store of its own. */
    private static final class Shards implements AutoCloseable {
        private final ParameterStore model;
        private final List<ParameterStore> stores = new ArrayList<>();

        Shards(ParameterStore model, Device device, int world) {
            this.model = model;
            for (int rank = 0; rank < world; rank++) {
                stores.add(ParameterStore.allocate(model.layout().shard(rank, world), device));
            }
            follow();
        }

        private void follow() {
            stores.stream().filter(store -> store.layout().size() > 0).forEach(store -> store.copyFrom(model));
        }

        List<ParameterAverage> begin() {
            return stores.stream().map(ShardedAverageTest::averageOf).toList();
        }

        List<ParameterAverage> resume(ShardedAverage files) throws CheckpointException {
            List<ParameterAverage> resumed = new ArrayList<>();
            for (int rank = 0; rank < stores.size(); rank++) {
                try (SavedAverage saved = files.open(rank)) {
                    resumed.add(saved.resume(stores.get(rank)));
                }
            }
            return resumed;
        }

        /** A step of the training, the same for the whole and for the shards. */
        void step(int step, List<ParameterAverage> averages, ParameterAverage whole) {
            for (int i = 0; i < model.layout().size(); i++) {
                byte[] bytes = new byte[(int) model.layout().tensor(i).bytes()];
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = (byte) (at % 2 == 1 ? 0x3f : step * 31 + at); // near one in either float
                }
                model.write(i, 0, MemorySegment.ofArray(bytes));
            }
            follow();
            whole.update();
            averages.forEach(ParameterAverage::update);
        }

        @Override
        public void close() {
            stores.forEach(ParameterStore::close);
        }
    }
}
