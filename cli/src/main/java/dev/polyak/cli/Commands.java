package dev.polyak.cli;

import dev.polyak.cli.average.AverageCommand;
import dev.polyak.cli.average.PostHocCommand;
import dev.polyak.cli.bench.BenchCommand;
import dev.polyak.cli.compare.CompareCommand;
import dev.polyak.cli.demo.DemoCommand;
import dev.polyak.cli.doctor.DoctorCommand;
import dev.polyak.cli.gpucheck.GpuCheckCommand;
import dev.polyak.cli.inspect.InspectCommand;
import dev.polyak.cli.schedule.ScheduleCommand;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The commands by name. */
final class Commands {
    private static final Map<String, Supplier<Object>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("average", AverageCommand::new);
        ALL.put("schedule", ScheduleCommand::new);
        ALL.put("posthoc", PostHocCommand::new);
        ALL.put("inspect", InspectCommand::new);
        ALL.put("compare", CompareCommand::new);
        ALL.put("demo", DemoCommand::new);
        ALL.put("bench", BenchCommand::new);
        ALL.put("doctor", DoctorCommand::new);
        ALL.put("gpu-check", GpuCheckCommand::new);
        ALL.put("completion", CompletionCommand::new);
    }

    private Commands() {}

    /**
     * The commands that a command line may be about: those that it names, or if it names none, all. Reading the
     * annotations of every command would take longer than most of them run.
     *
     * @param args the command line
     * @return commands, in the order of the help
     */
    static Map<String, Object> of(String... args) {
        List<String> words = Arrays.asList(args);
        Map<String, Object> commands = new LinkedHashMap<>();
        boolean all = words.contains("completion") || words.stream().noneMatch(ALL::containsKey);
        ALL.forEach((name, command) -> {
            if (all || words.contains(name)) {
                commands.put(name, command.get());
            }
        });
        return commands;
    }
}
