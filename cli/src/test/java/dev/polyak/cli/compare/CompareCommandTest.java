package dev.polyak.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.cli.Cli;
import dev.polyak.cli.TestFile;
import dev.polyak.cli.console.Progress;
import dev.polyak.error.MemoryLostException;
import dev.polyak.tensor.DType;
import dev.polyak.testkit.JsonValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
    private static final double NEXT = 1 + 0x1p-23; // after 1 in F32

    @TempDir
    private Path folder;

    @Test
    void findsEqualFilesEqual() throws IOException {
        Path a = TestFile.of("weight", 1, Double.NaN, -0.0).with("bias", 4).write(file("a"));
        Path b = TestFile.of("bias", 4)
                .with("weight", 1, Double.NaN, -0.0)
                .metadata(Map.of("format", "pt"))
                .write(file("b"));

        assertThat(Cli.run("compare", a, b)).isEqualTo(new Cli(0, "equal: 2 tensors, 4 elements\n", ""));
    }

    @Test
    void showsHowTensorsDiffer() throws IOException {
        Path a = TestFile.of("bias", 4)
                .with("weight", 1, 2, 3, 4)
                .with("steps", DType.I64, 10)
                .write(file("a"));
        Path b = TestFile.of("bias", 4)
                .with("weight", NEXT, 2, 3.5, 4)
                .with("steps", DType.I64, -2)
                .write(file("b"));

        assertThat(Cli.run("compare", a, b)).isEqualTo(new Cli(1, """
                        tensor  dtype  shape  elements  differing   max abs    max ULP
                        steps   I64    [1]           1          1  1.20e+01
                        weight  F32    [4]           4          2  5.00e-01  2,097,152
                        different: 2 of 3 tensors, 6 elements, 3 differing by at most 1.20e+01 and 2,097,152 ULP
                        """, ""));
        assertThat(Cli.run("compare", "--all", a, b).out())
                .contains("bias    F32    [1]           1          0         0          0\n");
    }

    @Test
    void allowsDistancesOnDemand() throws IOException {
        Path a = TestFile.of("weight", 1, 2).write(file("a"));
        Path b = TestFile.of("weight", NEXT + 0x1p-23, 2).write(file("b"));

        assertThat(Cli.run("compare", "--max-ulp", "1", a, b).status()).isEqualTo(1);
        Cli within = Cli.run("compare", "--max-ulp", "2", a, b);
        assertThat(within.status()).isZero();
        assertThat(within.out())
                .endsWith("within 2 ULP: 1 of 1 tensor, 2 elements, 1 differing by at most 2.38e-07 and 2 ULP\n");
    }

    @Test
    void allowsNoDistanceBetweenWhatIsNoNumber() throws IOException {
        Path a = TestFile.of("weight", 1, Double.NaN).write(file("a"));
        Path b = TestFile.of("weight", 1, 2).write(file("b"));
        Path c = TestFile.of("weight", 1, 2).with("steps", DType.I64, 1).write(file("c"));
        Path d = TestFile.of("weight", 1, 2).with("steps", DType.I64, 2).write(file("d"));

        Cli nan = Cli.run("compare", "--max-ulp", Long.MAX_VALUE, a, b);
        assertThat(nan.status()).isEqualTo(1);
        assertThat(nan.out())
                .contains("1 NaN in one only\n")
                .endsWith("different: 1 of 1 tensor, 2 elements, 1 differing\n");
        assertThat(Cli.run("compare", "--max-ulp", Long.MAX_VALUE, c, d).status())
                .isEqualTo(1);
    }

    @Test
    void takesAnyNanForAnyOther() throws IOException {
        Path a = TestFile.of("x.running_mean", 1)
                .with("weight", DType.BF16, 0x7fc0, 0xffc1)
                .write(file("a"));
        Path b = TestFile.of("x.running_mean", 1)
                .with("weight", DType.BF16, 0xff81, 0x7fc0)
                .write(file("b"));

        assertThat(Cli.run("compare", a, b).status()).isZero();
    }

    @Test
    void tellsZerosApart() throws IOException {
        Path a = TestFile.of("weight", 0.0).write(file("a"));
        Path b = TestFile.of("weight", -0.0).write(file("b"));

        Cli result = Cli.run("compare", a, b);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).endsWith("1 differing by at most 0 and 1 ULP\n");
        assertThat(Cli.run("compare", "--max-ulp", 1, a, b).status()).isZero();
    }

    @Test
    void measuresTheWholeRangeOfF64() throws IOException {
        Path a = TestFile.of("x", 1).with("weight", DType.F64, Double.MAX_VALUE).write(file("a"));
        Path b =
                TestFile.of("x", 1).with("weight", DType.F64, -Double.MAX_VALUE).write(file("b"));

        JsonValue tensor =
                Cli.run("compare", "--json", a, b).json().get("tensors").get(0);

        BigInteger places = BigInteger.valueOf(Double.doubleToLongBits(Double.MAX_VALUE))
                .shiftLeft(1)
                .add(BigInteger.ONE);
        assertThat(tensor.get("max_ulp").value()).isEqualTo(places);
        assertThat(tensor.get("max_abs").value()).isEqualTo("Infinity");
    }

    @Test
    void comparesValuesOfDifferentTypes() throws IOException {
        Path a = TestFile.of("same", 1, 2)
                .with("close", 1 + 0x1p-12, 2)
                .with("far", 1 + 0x1p-7, 2)
                .write(file("a"));
        int one = 0x3f80;
        int two = 0x4000;
        Path b = new TestFile()
                .with("same", DType.BF16, one, two)
                .with("close", DType.BF16, one, two)
                .with("far", DType.BF16, one, two)
                .write(file("b"));

        Cli result = Cli.run("compare", "--max-ulp", "9", a, b);

        assertThat(result.status()).isEqualTo(1); // not equal, as the types differ
        assertThat(result.out()).isEqualTo("""
                        tensor  dtype       shape  elements  differing   max abs  max ULP
                        close   F32 / BF16  [2]           2          1  2.44e-04        0
                        far     F32 / BF16  [2]           2          1  7.81e-03        1
                        same    F32 / BF16  [2]           2          0         0        0
                        different: 3 of 3 tensors, 6 elements, 2 differing by at most 7.81e-03 and 1 ULP
                        """);
        assertThat(Cli.run("compare", b, a).out())
                .contains("close   BF16 / F32  [2]           2          1  2.44e-04        0\n");
    }

    @Test
    void reportsWhatCannotBeCompared() throws IOException {
        Path a = TestFile.of("shape", 1, 2).with("type", 1).with("mine", 1).write(file("a"));
        Path b = TestFile.of("shape", 1)
                .with("type", DType.I64, 1)
                .with("yours", 1)
                .write(file("b"));

        Cli result = Cli.run("compare", a, b);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEqualTo("""
                        tensor  dtype      shape      elements  differing  max abs  max ULP
                        shape   F32        [2] / [1]         2                               not compared
                        type    F32 / I64  [1]               1                               not compared
                        only in %s: mine
                        only in %s: yours
                        different: 2 of 2 tensors, 3 elements, 0 differing
                        """.formatted(a, b));
    }

    @Test
    void comparesIntegersAndBytes() throws IOException {
        Path a = TestFile.of("float", 1)
                .with("bool", DType.BOOL, 1, 0)
                .with("unsigned", DType.U8, 255, 3)
                .with("large", DType.U64, -1, 3)
                .with("opaque", DType.F8_E4M3, 1, 2, 3)
                .with("complex", DType.C64, 1, 2)
                .with("packed", DType.F4, 0x21, 0x43)
                .write(file("a"));
        Path b = TestFile.of("float", 1)
                .with("bool", DType.BOOL, 0, 0)
                .with("unsigned", DType.U8, 1, 3)
                .with("large", DType.U64, 0, 3)
                .with("opaque", DType.F8_E4M3, 1, 3, 2)
                .with("complex", DType.C64, 1, 3)
                .with("packed", DType.F4, 0x21, 0x44)
                .write(file("b"));

        String table = Cli.run("compare", a, b).out();

        assertThat(table)
                .containsPattern("bool +BOOL +\\[2\\] +2 +1 +1.00e\\+00\n")
                .containsPattern("unsigned +U8 +\\[2\\] +2 +1 +2.54e\\+02\n")
                .containsPattern("large +U64 +\\[2\\] +2 +1 +1.84e\\+19\n")
                .containsPattern("opaque +F8_E4M3 +\\[3\\] +3 +2\n")
                .containsPattern("complex +C64 +\\[2\\] +2 +1\n")
                .containsPattern("packed +F4 +\\[4\\] +4 +1\n")
                .doesNotContain("float");
    }

    @Test
    void looksAtEveryPieceOfALargeTensor() throws IOException {
        double[] numbers = new double[200_001];
        Path a = TestFile.of("weight", numbers).write(file("a"));
        numbers[0] = 1;
        numbers[70_000] = 3;
        numbers[200_000] = 2;
        Path b = TestFile.of("weight", numbers).write(file("b"));

        JsonValue totals = Cli.run("compare", "--json", a, b).json().get("totals");

        assertThat(totals.get("differing").value()).isEqualTo(3);
        assertThat(totals.get("max_abs").value()).isEqualTo(3.0);
    }

    @Test
    void matchesNamesWithoutThePrefixesOfFrameworks() throws IOException {
        Path a = TestFile.of("weight", 1).write(file("a"));
        Path b = TestFile.of("module.weight", 1).write(file("b"));

        assertThat(Cli.run("compare", a, b).status()).isZero();
        assertThat(Cli.run("compare", "--json", "--all", a, b)
                        .json()
                        .get("tensors")
                        .get(0)
                        .get("name_b")
                        .value())
                .isEqualTo("module.weight");
    }

    @Test
    void failsIfNoNameMatches() throws IOException {
        Path a = TestFile.of("weight", 1).write(file("a"));
        Path b = TestFile.of("x", 1).with("y", 2).write(file("b"));

        assertThat(Cli.run("compare", "--json", a, b))
                .isEqualTo(new Cli(
                        1,
                        "",
                        "polyak: '" + a + "' and '" + b
                                + "' have no tensor in common: the one has 'weight', the other 'x', 'y'\n"));
    }

    @Test
    void printsJson() throws IOException {
        Path a = TestFile.of("same", 1).with("weight", 1, 2).with("mine", 1).write(file("a"));
        Path b = TestFile.of("same", 1).with("weight", 1, NEXT * 2).write(file("b"));

        Cli result = Cli.run("compare", "--json", a, b);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.json().value())
                .isEqualTo(Map.of(
                        "a", a.toString(),
                        "b", b.toString(),
                        "equal", false,
                        "allowed_ulp", 0,
                        "tensors",
                                List.of(Map.ofEntries(
                                        Map.entry("name", "weight"),
                                        Map.entry("name_b", "weight"),
                                        Map.entry("dtype", "F32"),
                                        Map.entry("dtype_b", "F32"),
                                        Map.entry("shape", List.of(2)),
                                        Map.entry("shape_b", List.of(2)),
                                        Map.entry("elements", 2),
                                        Map.entry("equal", false),
                                        Map.entry("compared", true),
                                        Map.entry("differing", 1),
                                        Map.entry("nan_in_one", 0),
                                        Map.entry("max_abs", 0x1p-22),
                                        Map.entry("max_ulp", 1))),
                        "only_in_a", List.of("mine"),
                        "only_in_b", List.of(),
                        "totals",
                                Map.of(
                                        "tensors", 2,
                                        "tensors_differing", 1,
                                        "elements", 3,
                                        "differing", 1,
                                        "nan_in_one", 0,
                                        "max_abs", 0x1p-22,
                                        "max_ulp", 1)));
    }

    @Test
    void comparesShardsWithASingleFile() throws IOException {
        Path shards = Files.createDirectory(folder.resolve("shards"));
        TestFile.of("weight", 1).write(shards.resolve("one.safetensors"));
        TestFile.of("bias", 2).write(shards.resolve("two.safetensors"));
        Path single = TestFile.of("weight", 1).with("bias", 2).write(file("single"));

        assertThat(Cli.run("compare", shards, single).out()).isEqualTo("equal: 2 tensors, 2 elements\n");
    }

    @Test
    void namesAFileThatIsTruncatedMeanwhile() throws IOException {
        Path a = TestFile.of("weight", new double[10_000]).write(file("a"));
        Path b = TestFile.of("weight", new double[10_000]).write(file("b"));
        try (Checkpoint one = Checkpoint.open(a);
                Checkpoint two = Checkpoint.open(b);
                Progress progress = Progress.ofBytes("compare", 1, new PrintWriter(Writer.nullWriter()))) {
            try (FileChannel channel = FileChannel.open(b, StandardOpenOption.WRITE)) {
                channel.truncate(100);
            }
            CheckpointComparison comparison = new CheckpointComparison(one.store(), two.store());

            assertThatThrownBy(() -> comparison.run(progress))
                    .isInstanceOf(MemoryLostException.class)
                    .hasMessage(b + " was truncated or could not be read while tensor 'weight' was used;"
                            + " restore the file and start again");
        }
    }

    @Test
    void refusesWrongCommandLines() throws IOException {
        Path a = TestFile.of("weight", 1).write(file("a"));

        assertThat(Arrays.asList(
                        Cli.run("compare", a),
                        Cli.run("compare", a, a, a),
                        Cli.run("compare", "--max-ulp", "-1", a, a),
                        Cli.run("compare", "--max-ulp", "few", a, a)))
                .extracting(Cli::status)
                .containsOnly(2);
    }

    private Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }
}
