package dev.polyak.internal.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.rule.Treatment;
import dev.polyak.schedule.UpdateFormula;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The numbers of src/cuda/work.h, which a C++ compiler has checked, beside those that Java writes by. */
class KernelArgumentsTest {
    private final String header = Files.readString(Path.of("../src/cuda/work.h"));

    KernelArgumentsTest() throws IOException {}

    @Test
    void everyFieldLiesWhereTheKernelsExpectIt() {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (StructLayout structure : KernelArguments.STRUCTURES) {
            String name = structure.name().orElseThrow();
            for (MemoryLayout field : structure.memberLayouts()) {
                field.name()
                        .ifPresent(it -> expected.put(name + "." + it, (int) KernelArguments.offset(structure, it)));
            }
            expected.put(name, (int) structure.byteSize());
        }
        Map<String, Integer> asserted = matches("static_assert\\(offsetof\\((\\w+), (\\w+)\\) == (\\d+)\\);")
                .collect(Collectors.toMap(
                        match -> match.group(1) + "." + match.group(2), match -> Integer.parseInt(match.group(3))));
        matches("static_assert\\(sizeof\\((\\w+)\\) == (\\d+)\\);")
                .forEach(match -> asserted.put(match.group(1), Integer.parseInt(match.group(2))));
        assertThat(asserted).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void everyStructureOfTheHeaderIsKnown() {
        assertThat(matches("(?m)^struct (\\w+) \\{").map(match -> match.group(1)))
                .containsExactlyInAnyOrderElementsOf(KernelArguments.STRUCTURES.stream()
                        .map(structure -> structure.name().orElseThrow())
                        .toList());
    }

    @Test
    void codesAreTheSame() {
        assertThat(codes("Type"))
                .containsExactlyInAnyOrderEntriesOf(Arrays.stream(ElementType.values())
                        .collect(Collectors.toMap(Enum::name, type -> (int) type.code())));
        assertThat(codes("Treatment"))
                .containsExactlyInAnyOrderEntriesOf(Arrays.stream(Treatment.values())
                        .filter(treatment -> treatment != Treatment.OMIT)
                        .collect(Collectors.toMap(Enum::name, treatment -> (int) KernelCodes.code(treatment))));
        assertThat(codes("UpdateFormula"))
                .containsExactlyInAnyOrderEntriesOf(
                        Arrays.stream(UpdateFormula.values()).collect(Collectors.toMap(Enum::name, KernelCodes::code)));
        assertThat(codes("Call"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "ACTS", KernelArguments.ACTS,
                        "COPIES", KernelArguments.COPIES,
                        "UPDATES", KernelArguments.UPDATES));
        assertThatThrownBy(() -> KernelCodes.code(Treatment.OMIT)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void constantsAreTheSame() {
        Map<String, Integer> constants = matches("constexpr uint32_t (\\w+) = (\\d+);")
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.parseInt(match.group(2))));
        assertThat(constants)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "MAX_AVERAGES", KernelArguments.MAX_AVERAGES,
                        "THREADS", KernelArguments.THREADS,
                        "CHUNK_ELEMENTS", KernelArguments.CHUNK_ELEMENTS));
    }

    private Map<String, Integer> codes(String name) {
        String constants = matches("enum " + name + " : \\w+ \\{([^}]*)\\};")
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();
        return Pattern.compile("(\\w+) = (\\d+)")
                .matcher(constants)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.parseInt(match.group(2))));
    }

    private Stream<MatchResult> matches(String pattern) {
        return Pattern.compile(pattern).matcher(header).results();
    }
}
