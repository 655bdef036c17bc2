package dev.polyak.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.cli.docs.Document;
import dev.polyak.frameworks.Rules;
import dev.polyak.frameworks.TrainingFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Commands, options and calls as they stand in the documents are taken by the command line. */
class DocumentedCommandsTest {
    private static final String POLYAK = "./polyak ";

    private static final TrainingFacts FACTS =
            TrainingFacts.UNKNOWN.stepsPerEpoch(100).batchSize(2048).maxSteps(1000);

    /** A word as the shell sees it: in single quotes, or without a space; a comment ends the line. */
    private static final Pattern WORD = Pattern.compile("\\G\\s*(?:'([^']*)'|(#.*)|([^\\s']+))");

    /** Options that are another program's. */
    private static final Set<String> OTHERS =
            Set.of("--add-modules", "--enable-native-access", "--illegal-native-access", "--release", "--check");

    static List<String> lines() {
        return Document.all().stream()
                .flatMap(document -> Stream.concat(document.indentedLines().stream(), document.code().stream()))
                .filter(line -> line.startsWith(POLYAK) && !line.contains("…"))
                .map(line -> line.substring(POLYAK.length()))
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void areParsed(String line) {
        parse(line);
    }

    static List<String> options() {
        return Document.all().stream()
                .flatMap(document -> document.code().stream())
                .filter(code -> code.matches("--[a-z].*"))
                .map(code -> code.replaceFirst("[ =].*", ""))
                .filter(option -> !OTHERS.contains(option))
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("options")
    void optionsAreThere(String option) {
        assertThat(allOptions()).contains(option);
    }

    /** The first column of calls in "Coming from": what a training script says. */
    static List<String> calls() {
        return Document.of("README.md").tables().stream()
                .flatMap(table -> table.cells("--as").stream())
                .flatMap(cell -> Document.code(cell).stream())
                .filter(code -> !code.startsWith("-") && !code.startsWith(POLYAK) && !code.contains("…"))
                .filter(code -> code.contains("(") && !code.startsWith("Events."))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void callsAreRead(String call) {
        assertThat(Rules.parse(call, FACTS).rules()).isNotEmpty();
    }

    @Test
    void areMany() {
        assertThat(lines()).hasSizeGreaterThan(15);
        assertThat(options()).hasSizeGreaterThan(5);
        assertThat(calls()).hasSizeGreaterThan(20);
    }

    @Test
    void aMistakeIsSeen() {
        assertThatThrownBy(() -> parse("average --emma 0.9 a b")).isInstanceOf(CommandLine.ParameterException.class);
    }

    private static void parse(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find() && word.group(2) == null) {
            words.add(word.group(1) != null ? word.group(1) : word.group(3));
        }
        String[] args = words.toArray(String[]::new);
        CommandLine command = new CommandLine(new PolyakCommand());
        Commands.of(args).forEach(command::addSubcommand);
        command.parseArgs(args);
    }

    private static Set<String> allOptions() {
        CommandLine command = new CommandLine(new PolyakCommand());
        Commands.of("completion").forEach(command::addSubcommand);
        return Stream.concat(Stream.of(command), command.getSubcommands().values().stream())
                .flatMap(each -> each.getCommandSpec().optionsMap().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
