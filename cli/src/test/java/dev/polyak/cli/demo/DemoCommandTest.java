package dev.polyak.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.testkit.JsonValue;
import dev.polyak.testkit.StandIn;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path temporary;

    @Test
    void leavesCheckpointsTableAndPicture() throws IOException {
        Path folder = temporary.resolve("new").resolve("folder");

        assertThat(run("--out", folder.toString(), "--epochs", "5"))
                .as(err.toString())
                .isZero();

        assertThat(names(folder)).isEqualTo(files(5));
        assertThat(Files.readAllLines(folder.resolve("accuracy.csv")))
                .hasSize(6)
                .first()
                .isEqualTo("epoch,loss,raw,averaged");
        assertThat(out.toString())
                .contains("epoch", "raw", "averaged", "\n    5  ")
                .contains("averages on cpu: as --device says")
                .contains("stopped after epoch 2 and resumed from its files: same bits as without the stop")
                .contains("checkpoints 3 to 5 averaged offline")
                .contains(folder.resolve("accuracy.png").toString());
        assertThat(err.toString()).isEmpty();
        assertThat(colours(folder.resolve("accuracy.png")))
                .hasSizeGreaterThan(50)
                .contains(0x1f5fa8, 0xd96b1d);
    }

    @Test
    void printsNothingButJsonIfAsked() throws IOException {
        Path folder = temporary.resolve("json");

        assertThat(run("--out", folder.toString(), "--epochs", "2", "--seed", "-9", "--json"))
                .as(err.toString())
                .isZero();

        List<String> members = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), out.toString())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    members.add(json.currentName());
                }
            }
        }
        assertThat(members)
                .startsWith(
                        "folder",
                        "seed",
                        "device",
                        "device_reason",
                        "epochs",
                        "epoch",
                        "loss",
                        "raw_accuracy",
                        "averaged_accuracy",
                        "epoch")
                .contains("resumed", "same_bits", "offline", "accuracy", "table", "picture");
        assertThat(out.toString()).contains("\"seed\":-9", "\"same_bits\":true").endsWith("}" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void givesTheSameFilesForTheSameSeed() throws IOException {
        Path one = temporary.resolve("one");
        Path other = temporary.resolve("other");

        run("--out", one.toString(), "--epochs", "3", "--seed", "4");
        run("--out", other.toString(), "--epochs", "3", "--seed", "4");

        for (String name : files(3)) {
            assertThat(other.resolve(name)).hasSameBinaryContentAs(one.resolve(name));
        }
    }

    @Test
    void givesTheSameFilesOnAGpu() throws IOException {
        StandIn.require();
        Path cpu = temporary.resolve("cpu");
        Path gpu = temporary.resolve("gpu");

        run("--out", cpu.toString(), "--epochs", "3");
        assertThat(runOn("cuda:0", "--out", gpu.toString(), "--epochs", "3"))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("averages on cpu: as --device says", "averages on cuda:0: as --device says");
        for (String name : files(3)) {
            assertThat(gpu.resolve(name)).hasSameBinaryContentAs(cpu.resolve(name));
        }
    }

    @Test
    void averagesOnAGpuOfItsOwnAccord() {
        StandIn.require();

        assertThat(runOn("auto", "--out", temporary.toString(), "--epochs", "2", "--json"))
                .as(err.toString())
                .isZero();

        assertThat(JsonValue.parse(out.toString()).get("device").value())
                .asString()
                .startsWith("cuda:");
        assertThat(JsonValue.parse(out.toString()).get("device_reason").value())
                .asString()
                .startsWith("Stand-in GPU has ");
    }

    @Test
    void worksWithoutCuda() throws Exception {
        Cli result = Cli.runWith(
                Path.of("/nowhere/libcudart.so"), Map.of(), "demo", "--out", temporary.resolve("out"), "--epochs", 2);

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("\naverages on cpu: CUDA is not available: there is no /nowhere/libcudart.so, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda:0"})
    void showsAnAverageOffTheDevice(String device) throws IOException {
        StandIn.require();
        Path ordinary = temporary.resolve("ordinary");
        Path folder = temporary.resolve("offload");
        run("--out", ordinary.toString(), "--epochs", "3");

        assertThat(runOn(device, "--out", folder.toString(), "--epochs", "3", "--offload"))
                .as(err.toString())
                .isZero();

        assertThat(names(folder))
                .containsExactlyInAnyOrder("average-off-device.safetensors", "timeline.csv", "timeline.png");
        assertThat(folder.resolve("average-off-device.safetensors"))
                .hasSameBinaryContentAs(ordinary.resolve("average-003.safetensors"));
        assertThat(out.toString())
                .contains("model on " + device + ": as --device says")
                .contains("average in host memory" + (device.equals("cpu") ? " too: " : ": copies"))
                .contains("(median of 60)", " % went on beside the training")
                .contains("same bits as an average that is updated at once");
        assertThat(colours(folder.resolve("timeline.png"))).contains(0xb8b0a4, 0x1f5fa8);
        assertThat(err.toString()).isEmpty();
        assertThat(CudaMemory.live(0)).isEmpty();
    }

    @Test
    void theTimesOfAStepAreInOrder() throws IOException {
        run("--out", temporary.toString(), "--epochs", "2", "--offload", "--json");

        assertThat(JsonValue.parse(out.toString()).get("same_bits").value()).isEqualTo(true);
        List<String> rows = Files.readAllLines(temporary.resolve("timeline.csv"));
        assertThat(rows).hasSize(1 + 2 * 20);
        double trainedBefore = 0;
        for (String row : rows.subList(1, rows.size())) {
            double[] times = Stream.of(row.split(",", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            assertThat(times[1]).isGreaterThanOrEqualTo(trainedBefore); // training begun
            assertThat(new double[] {times[1], times[2], times[3]}).isSorted(); // ended, update returned
            assertThat(new double[] {times[2], times[4], times[5], times[6], times[7]})
                    .isSorted(); // copy, fold
            trainedBefore = times[3];
        }
    }

    @Test
    void replacesWhatALongerDemoLeft() throws IOException {
        run("--out", temporary.toString(), "--epochs", "4");
        Path others = Files.createFile(
                temporary.resolve("epoch-009.safetensors")); // without the files that a demo leaves beside it

        run("--out", temporary.toString(), "--epochs", "2");

        Set<String> left = names(temporary);
        assertThat(left)
                .contains(others.getFileName().toString())
                .containsAll(files(2))
                .hasSize(files(2).size() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-3", "1000", "many"})
    void refusesEpochs(String epochs) {
        assertThat(run("--out", temporary.toString(), "--epochs", epochs)).isEqualTo(2);

        assertThat(err.toString()).contains("--epochs");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void saysWhereItCannotWrite() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThat(run("--out", file.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("'" + file + "' is not a folder; choose another with --out");
    }

    private int run(String... arguments) {
        return runOn("cpu", arguments);
    }

    private int runOn(String device, String... arguments) {
        return new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of("--device", device), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private static Set<String> files(int epochs) {
        return Stream.concat(
                        Stream.of("accuracy.csv", "accuracy.png", "offline-average.safetensors"),
                        IntStream.rangeClosed(1, epochs)
                                .boxed()
                                .flatMap(epoch -> Stream.of("epoch", "optimizer", "average")
                                        .map(what -> what + "-00" + epoch + ".safetensors")))
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static Set<Integer> colours(Path picture) throws IOException {
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(900);
        assertThat(image.getHeight()).isEqualTo(500);
        return IntStream.range(0, 900 * 500)
                .mapToObj(i -> image.getRGB(i % 900, i / 900) & 0xffffff)
                .collect(Collectors.toSet());
    }
}
