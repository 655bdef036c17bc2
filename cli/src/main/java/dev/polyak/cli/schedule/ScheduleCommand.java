package dev.polyak.cli.schedule;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.plot.Fonts;
import dev.polyak.cli.rule.Averages;
import dev.polyak.cli.rule.RuleOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code polyak schedule}: the options, and what is printed and drawn. */
@Command(
        name = "schedule",
        description = {
            "Show the weight of every step in an average, before anything is trained.",
            "",
            "The weight is that of the model's state in the average right after the step; the share is what becomes of it until the"
                    + " last step. The half-life is how many steps it takes until a state weighs half as much, if the last weight stays."
                    + " The effective window is how many states of equal shares would be as noisy: 1 over the sum of the squared shares.",
            ""
        },
        customSynopsis = {
            "polyak schedule (--as CALL | --ema DECAY | --momentum M | --half-life N |",
            "                 --cosine FROM:TO:STEPS | --swa | --weights A,B,...) [OPTION]... --steps N"
        },
        sortOptions = false,
        footer = {"", "Example:", "  polyak schedule --as 'timm.ModelEmaV3(model, use_warmup=True)' --steps 10000"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ScheduleCommand implements Callable<Integer> {
    private static final Path PICTURE = Path.of("schedule.png");

    @Spec
    private CommandSpec spec;

    @Mixin
    private final RuleOptions rule = new RuleOptions();

    @Option(names = "--steps", required = true, paramLabel = "N", description = "Steps of the training.")
    private int steps;

    @Option(
            names = "--which",
            paramLabel = "SUFFIX",
            description =
                    "Of several averages, show the one whose file gets this suffix, such as 0.050. (default: all)")
    private @Nullable String which;

    @Option(names = "--all", description = "Print every step, however many there are.")
    private boolean all;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "The picture, a PNG file. (default: schedule.png; with --json, none)")
    private @Nullable Path plot;

    @Option(names = "--json", description = "Print the weights as JSON; null is a step that does not update.")
    private boolean json;

    /** The command, without its arguments yet. */
    public ScheduleCommand() {}

    @Override
    public Integer call() throws IOException, Failure {
        if (steps < 1) {
            throw misuse("--steps must be at least 1, not " + steps);
        }
        Averages averages = rule.averages(steps);
        List<ScheduleTrace> courses = chosen(averages);
        Path picture = plot != null || json ? plot : PICTURE;
        String drawn = picture == null ? "" : draw(courses, picture);
        PrintWriter out = spec.commandLine().getOut();
        List<ScheduleTraceReport> reports =
                courses.stream().map(ScheduleTraceReport::new).toList();
        if (json) {
            Json.print(out, members -> write(members, reports, drawn.isEmpty() ? picture : null));
        } else {
            reports.forEach(report -> report.print(out, all));
            out.println(drawn.isEmpty() ? Text.printable(String.valueOf(picture)) + ": the weights" : drawn);
        }
        return 0;
    }

    private List<ScheduleTrace> chosen(Averages averages) {
        List<ScheduleTrace> courses = IntStream.range(0, averages.rules().size())
                .mapToObj(i -> new ScheduleTrace(
                        averages.suffixes().get(i), averages.rules().get(i), steps))
                .toList();
        if (which == null) {
            return courses;
        }
        String suffix = which.startsWith("-") ? which : "-" + which;
        List<ScheduleTrace> one = courses.stream()
                .filter(course -> course.suffix().equals(suffix))
                .toList();
        if (one.isEmpty()) {
            throw misuse("there is no average " + Text.quoted(which) + "; there "
                    + (courses.size() == 1 ? "is only one" : "are " + Text.some(averages.suffixes())));
        }
        return one;
    }

    /** Draws the picture; returns why not if it cannot be. */
    private static String draw(List<ScheduleTrace> courses, Path picture) throws IOException, Failure {
        if (Files.isDirectory(picture)) {
            throw new Failure("the picture " + Text.quoted(picture) + " is a folder; choose another name");
        }
        if (!SchedulePicture.canShow(courses)) {
            return "no picture: no step has a weight";
        }
        if (!Fonts.areThere()) {
            return Fonts.MISSING;
        }
        SchedulePicture.write(courses, picture);
        return "";
    }

    private static void write(Json json, List<ScheduleTraceReport> reports, @Nullable Path picture) {
        reports.get(0).write(json);
        if (reports.size() > 1) {
            json.objects("averages", reports, (one, report) -> {
                one.member("suffix", report.course().suffix());
                report.write(one);
            });
        }
        if (picture == null) {
            json.nothing("plot");
        } else {
            json.member("plot", picture.toString());
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
