package dev.polyak.jmh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Runs races, prints medians and quartiles, and writes them to {@code jmh/results}, one JSON file per race and day.
 * Takes JMH's own arguments:
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar dev.polyak.jmh.Ratios
 * java -cp jmh/target/benchmarks.jar dev.polyak.jmh.Ratios UpdateRace -p types=F32 -f 1
 * </pre>
 */
public final class Ratios {
    private static final Path FOLDER = Path.of("jmh", "results");
    private static final String ALL_RACES = "Race\\.race";

    private Ratios() {}

    /**
     * Runs the races that are named, or all.
     *
     * @param args JMH's arguments
     */
    public static void main(String[] args) throws CommandLineOptionException, RunnerException, IOException {
        CommandLineOptions arguments = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(arguments).shouldFailOnError(true);
        if (arguments.getIncludes().isEmpty()) {
            options.include(ALL_RACES);
        }
        Collection<RunResult> runs = new Runner(options.build()).run();
        Map<String, List<RunResult>> races = runs.stream()
                .collect(Collectors.groupingBy(run -> Ratio.of(run).race(), TreeMap::new, Collectors.toList()));
        Files.createDirectories(FOLDER);
        for (Map.Entry<String, List<RunResult>> race : races.entrySet()) {
            race.getValue().forEach(run -> System.out.println(Ratio.of(run)));
            System.out.println("written to " + write(race.getKey(), race.getValue()));
        }
    }

    private static Path write(String race, List<RunResult> runs) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String name = race.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        Path file = FOLDER.resolve(name + "-" + now.atOffset(ZoneOffset.UTC).toLocalDate() + ".json");
        ObjectWriteContext pretty = new ObjectWriteContext.Base() {
            @Override
            public DefaultPrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        };
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = JsonFactory.builder().build().createGenerator(pretty, out)) {
            json.writeStartObject();
            json.writeStringProperty("race", race);
            json.writeStringProperty("date", now.toString());
            machine(json);
            jvm(json, runs.get(0));
            json.writeStringProperty("compiler", CReference.compiler());
            json.writeNumberProperty("forks", runs.get(0).getParams().getForks());
            json.writeArrayPropertyStart("results");
            for (RunResult run : runs) {
                result(json, Ratio.of(run));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return file;
    }

    private static void machine(JsonGenerator json) {
        json.writeObjectPropertyStart("machine");
        json.writeStringProperty("processor", Machine.processor());
        json.writeNumberProperty("processors", Machine.processors());
        json.writeNumberProperty("memoryBytes", Machine.memoryBytes());
        json.writeStringProperty("system", Machine.system());
        json.writeEndObject();
    }

    private static void jvm(JsonGenerator json, RunResult run) {
        json.writeObjectPropertyStart("jvm");
        json.writeStringProperty("name", run.getParams().getVmName());
        json.writeStringProperty("version", run.getParams().getVmVersion());
        json.writeArrayPropertyStart("flags");
        run.getParams().getJvmArgs().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void result(JsonGenerator json, Ratio ratio) {
        json.writeStartObject();
        json.writeObjectPropertyStart("parameters");
        ratio.parameters().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeNumberProperty("laps", ratio.laps());
        json.writeNumberProperty("bytes", ratio.bytes());
        spread(json, "oursMicros", ratio.ours());
        json.writeNumberProperty("oursGigabytesPerSecond", ratio.gigabytesPerSecond(ratio.ours()));
        spread(json, "referenceMicros", ratio.reference());
        json.writeNumberProperty("referenceGigabytesPerSecond", ratio.gigabytesPerSecond(ratio.reference()));
        spread(json, "speed", ratio.speed());
        json.writeEndObject();
    }

    private static void spread(JsonGenerator json, String name, Spread spread) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("least", spread.least());
        json.writeNumberProperty("lowerQuartile", spread.lower());
        json.writeNumberProperty("median", spread.median());
        json.writeNumberProperty("upperQuartile", spread.upper());
        json.writeEndObject();
    }
}
