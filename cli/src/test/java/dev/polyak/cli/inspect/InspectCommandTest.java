package dev.polyak.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    private Path folder;

    @Test
    void listsTensorsAndMetadata() throws IOException {
        Path file = TestFile.of("layer.weight", new double[1500])
                .with("norm.running_mean", 1, 2)
                .with("norm.num_batches_tracked", DType.I64, 7)
                .metadata(Map.of("format", "pt"))
                .write(folder.resolve("model.safetensors"));

        assertThat(Cli.run("inspect", file)).isEqualTo(new Cli(0, file + "\n" + """
                                  format: pt
                                  name                      dtype  shape   bytes  role
                                  norm.num_batches_tracked  I64    [1]         8  buffer
                                  layer.weight              F32    [1500]  6,000  parameter
                                  norm.running_mean         F32    [2]         8  buffer
                                  3 tensors, 1,500 parameters, 3 in buffers, 6.0 kB
                                """, ""));
    }

    @Test
    void listsThemAsJson() throws IOException {
        Path file =
                TestFile.of("weight", 1, 2).metadata(Map.of("format", "pt")).write(folder.resolve("model.safetensors"));

        JsonValue json = Cli.run("inspect", "--json", file, file).json().get("checkpoints");

        assertThat(json.list()).hasSize(2);
        assertThat(json.get(1).value())
                .isEqualTo(Map.of(
                        "path", file.toString(),
                        "files", List.of(file.toString()),
                        "metadata", Map.of("format", "pt"),
                        "tensors",
                                List.of(Map.of(
                                        "name",
                                        "weight",
                                        "dtype",
                                        "F32",
                                        "shape",
                                        List.of(2),
                                        "bytes",
                                        8,
                                        "role",
                                        "parameter",
                                        "file",
                                        file.toString())),
                        "totals", Map.of("tensors", 1, "parameters", 2, "buffer_elements", 0, "bytes", 8)));
    }

    @Test
    void showsTheRolesThatAnAverageRecorded() throws IOException {
        Path file = TestFile.of("weight", 1).with("amax", 1).write(folder.resolve("model.safetensors"));
        Path average = folder.resolve("average.safetensors");
        Cli.run("average", "--swa", "--buffer-pattern", "amax", "-o", average, file, file);

        assertThat(Cli.run("inspect", average).out())
                .containsPattern("amax +F32 +\\[1\\] +4 +buffer")
                .contains("polyak.schedule: equal()");
    }

    @Test
    void readsTheShardsOfAFolder() throws IOException {
        TestFile.of("weight", 1).write(folder.resolve("one.safetensors"));
        Path two = TestFile.of("bias", 1).write(folder.resolve("two.safetensors"));

        JsonValue json =
                Cli.run("inspect", "--json", folder).json().get("checkpoints").get(0);

        assertThat(json.get("files").list()).hasSize(2);
        assertThat(json.get("tensors").get(1).get("file").value()).isEqualTo(two.toString());
    }

    @Test
    void keepsOddNamesOnTheirLine() throws IOException {
        Path file = TestFile.of("line\nbreak \u001b[31m \u202e", 1)
                .metadata(Map.of("note", "x".repeat(1000)))
                .write(folder.resolve("odd.safetensors"));

        assertThat(Cli.run("inspect", file).out())
                .contains("  line\\u000abreak \\u001b[31m \\u202e  F32")
                .contains("note: " + "x".repeat(100) + "... (1,000 characters)\n");
        assertThat(Cli.run("inspect", "--json", file)
                        .json()
                        .get("checkpoints")
                        .get(0)
                        .get("tensors")
                        .get(0)
                        .get("name")
                        .value())
                .isEqualTo("line\nbreak \u001b[31m \u202e");
    }

    @Test
    void alignsManyTensors() throws IOException {
        TestFile many = new TestFile();
        for (int i = 0; i < 20_000; i++) {
            many.with("layer." + i + ".weight", i);
        }
        Path file = many.write(folder.resolve("many.safetensors"));

        Cli result = Cli.run("inspect", file);

        assertThat(result.out())
                .hasLineCount(20_003)
                .endsWith("  20,000 tensors, 20,000 parameters, 0 in buffers, 80.0 kB\n");
        assertThat(result.out()
                        .lines()
                        .skip(2)
                        .limit(20_000)
                        .map(line -> line.indexOf("F32"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void failsBeforeItPrintsAnything() throws IOException {
        Path good = TestFile.of("weight", 1).write(folder.resolve("good.safetensors"));
        Path bad = Files.writeString(folder.resolve("bad.safetensors"), "bad");

        Cli result = Cli.run("inspect", "--json", good, bad);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("polyak: '" + bad + "' ").hasLineCount(1);
    }

    @Test
    void needsAFile() {
        assertThat(Cli.run("inspect"))
                .isEqualTo(new Cli(2, "", "polyak: missing required parameter: 'FILE' (polyak inspect --help)\n"));
    }
}
