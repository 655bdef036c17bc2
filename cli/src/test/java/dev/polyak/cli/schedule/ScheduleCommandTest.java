package dev.polyak.cli.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.cli.Cli;
import dev.polyak.testkit.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleCommandTest {
    @TempDir
    private Path folder;

    @Test
    void printsTheWeightOfEveryStepInFullPrecision() {
        Cli result = Cli.run("schedule", "--json", "--steps", 4, "--as", "EMAHook(begin_iter=2, momentum=0.1)");

        assertThat(result.out()).startsWith("{\"weights\":[1.0,1.0,0.1,0.1],\"half_life\":6.57881347896058");
        assertThat(result.json().get("plot").value()).isNull();
    }

    @Test
    void marksSkipsAndCopies() {
        Cli result = Cli.run(
                "schedule", "--ema", 0.75, "--every", 2, "--start", 2, "--steps", 4, "--plot", folder.resolve("a.png"));

        assertThat(result.out()).startsWith("""
                  step  average  weight  share
                     0  begin            0.0
                     1  copy     1.0     0.5625
                     2  update   0.25    0.1875
                     3  skip             0.0
                     4  update   0.25    0.25
                half-life 4.82 steps, effective window 2.42 states
                """);
    }

    @Test
    void sumsUpWhatTheWeightsComeTo() {
        JsonValue mean = Cli.run("schedule", "--json", "--swa", "--steps", 9).json();

        assertThat((double) mean.get("effective_window").value()).isBetween(9.99999, 10.00001);
        assertThat((double) mean.get("half_life").value()).isEqualTo(Math.log(0.5) / Math.log(0.9));
        JsonValue debiased = Cli.run("schedule", "--json", "--as", "optax.ema(0.5)", "--steps", 2)
                .json();
        assertThat(debiased.get("weights").list()).asString().isEqualTo("[1.0, 0.6666666666666666]");
        assertThat((double) debiased.get("effective_window").value()).isBetween(1.7999, 1.8001);
    }

    @Test
    void hasNoHalfLifeWhereNothingIsUpdated() {
        JsonValue held = Cli.run("schedule", "--json", "--ema", 0.9, "--every", 5, "--steps", 3)
                .json();

        assertThat(held.get("weights").list()).isEqualTo(Arrays.asList(null, null, null));
        assertThat(held.get("half_life").value()).isNull();
        assertThat(held.get("effective_window").value()).isEqualTo(1.0);
    }

    @Test
    void shortensALongTableUnlessAsked() throws IOException {
        Path picture = folder.resolve("long.png");
        List<Object> long_ = List.of("schedule", "--as", "ModelEmaV3(model)", "--steps", 20_000, "--plot", picture);

        Cli some = Cli.run(long_.toArray());
        assertThat(some.out().lines().count()).isLessThan(50);
        assertThat(some.out()).contains("\n   1,000  ", "\n  20,000  ", "; --all shows every step\n" + picture);
        Cli all = Cli.run("schedule", "--all", "--swa", "--steps", 300, "--plot", picture);
        assertThat(all.out().lines().count()).isEqualTo(304);
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(900);
    }

    @Test
    void showsEachOfSeveralAverages() {
        List<Object> call = List.of("schedule", "--as", "PowerFunctionEMA(net)", "--steps", 3);
        Path picture = folder.resolve("two.png");

        assertThat(run(call, "--plot", picture).out()).startsWith("-0.050:\n").contains("\n-0.100:\n");
        assertThat(picture).exists();
        JsonValue both = run(call, "--json").json();
        assertThat(both.get("weights")).isEqualTo(both.get("averages").get(0).get("weights"));
        JsonValue second = run(call, "--json", "--which", "0.100").json();
        assertThat(second.get("weights")).isEqualTo(both.get("averages").get(1).get("weights"));
        assertThat(run(call, "--which", "0.2"))
                .isEqualTo(new Cli(
                        2,
                        "",
                        "polyak: there is no average '0.2'; there are '-0.050', '-0.100' (polyak schedule --help)\n"));
        assertThat(Cli.run("schedule", "--swa", "--steps", 3, "--which", "0.2").err())
                .startsWith("polyak: there is no average '0.2'; there is only one");
    }

    @Test
    void drawsOnlyWhatThereIs() {
        Path picture = folder.resolve("none.png");

        Cli result = Cli.run("schedule", "--ema", 0.9, "--every", 5, "--steps", 3, "--plot", picture);

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("half-life none (nothing is updated)")
                .endsWith("no picture: no step has a weight\n");
        assertThat(Files.exists(picture)).isFalse();
        assertThat(Cli.run("schedule", "--swa", "--steps", 3, "--plot", folder))
                .isEqualTo(new Cli(1, "", "polyak: the picture '" + folder + "' is a folder; choose another name\n"));
    }

    @Test
    void needsASteps() {
        assertThat(Cli.run("schedule", "--swa", "--steps", 0).err())
                .startsWith("polyak: --steps must be at least 1, not 0");
        assertThat(Cli.run("schedule", "--swa").err()).startsWith("polyak: missing required option: '--steps=N'");
        assertThat(Cli.run("schedule", "--weights", "1,2,3", "--steps", 3).err())
                .startsWith(
                        "polyak: --weights needs one number for the first file and one for each update, 4 for 4 files");
    }

    private static Cli run(List<Object> arguments, Object... more) {
        return Cli.run(java.util.stream.Stream.concat(arguments.stream(), Arrays.stream(more))
                .toArray());
    }
}
