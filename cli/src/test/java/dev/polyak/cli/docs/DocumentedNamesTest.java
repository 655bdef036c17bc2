package dev.polyak.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.frameworks.Rules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types, members, packages and files that the documents name in backticks are there. */
class DocumentedNamesTest {
    private static final SourceCode CODE = new SourceCode();

    /** A type's simple name, perhaps with a member: not all in capitals. */
    private static final Pattern TYPE = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:(?:\\.|::)(\\w+))?.*");

    private static final Pattern QUALIFIED = Pattern.compile("dev\\.polyak[\\w.]*");
    private static final Pattern FILE =
            Pattern.compile("(?:src|lib|cli|jmh|bench|checkpoint|gpu-check|cuda-bindings|testkit|\\.ci)/[\\w./-]+");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^):]+)\\)");

    /** Types of the JDK that the documents name. */
    private static final List<String> JDK = List.of(
            "java.lang.",
            "java.lang.foreign.",
            "java.util.",
            "java.nio.",
            "java.util.logging.",
            "jdk.incubator.vector.");

    /** What other projects have under such a name, beside the calls that can be read. */
    private static final Set<String> OTHERS = Set.of(
            "NodeCountInliningCutoff", // of HotSpot
            "Events", // of Ignite
            "FILE",
            "OUT");

    static List<Document> documents() {
        return Document.all();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void typesAreThere(Document document) {
        Set<String> calls = Rules.names().stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toSet());
        assertThat(missing(document, TYPE, name -> {
                    String type = name.group(1);
                    return CODE.hasType(type)
                            ? name.group(2) == null || CODE.hasMember(type, name.group(2))
                            : calls.contains(type) || OTHERS.contains(type) || isOfJdk(type);
                }))
                .as("types that %s names and nobody has", document)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void qualifiedNamesAreThere(Document document) {
        assertThat(missing(document, QUALIFIED, name -> CODE.hasQualified(name.group())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void filesAreThere(Document document) {
        assertThat(missing(
                        document,
                        FILE,
                        name -> Files.exists(Document.PROJECT.resolve(Path.of(name.group())))
                                || name.group().contains("/target/")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Document document) {
        Path folder = Document.PROJECT.resolve(document.path()).resolveSibling("");
        List<String> broken = LINK.matcher(document.text())
                .results()
                .map(link -> link.group(1))
                .filter(target -> target.startsWith("#")
                        ? !document.anchors().contains(target.substring(1))
                        : Files.notExists(folder.resolve(target)))
                .toList();
        assertThat(broken).isEmpty();
    }

    @Test
    void aNameThatIsGoneIsSeen() {
        Document gone = new Document(
                Path.of("gone.md"),
                "`GoneStore`, `ParameterStore.gone` and `dev.polyak.gone`, in `src/docs/gone.md`\n");
        assertThat(missing(
                        gone,
                        TYPE,
                        name -> CODE.hasType(name.group(1)) && CODE.hasMember(name.group(1), name.group(2))))
                .containsExactly("GoneStore", "ParameterStore.gone");
        assertThat(CODE.hasQualified("dev.polyak.gone")).isFalse();
        assertThat(CODE.hasQualified("dev.polyak.ParameterStore")).isTrue();
    }

    private static Set<String> missing(Document document, Pattern pattern, Predicate<Matcher> isThere) {
        return code(document)
                .flatMap(code -> {
                    Matcher name = pattern.matcher(code);
                    return name.matches() && !isThere.test(name) ? Stream.of(code) : Stream.empty();
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of the document about names that are gone, only those that took their place. */
    private static Stream<String> code(Document document) {
        return document.path().endsWith("names.md")
                ? document.tables().stream()
                        .flatMap(table -> table.cells("now").stream())
                        .flatMap(cell -> Document.code(cell).stream())
                : document.code().stream();
    }

    private static boolean isOfJdk(String type) {
        return JDK.stream().anyMatch(prefix -> {
            try {
                Class.forName(prefix + type, false, DocumentedNamesTest.class.getClassLoader());
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        });
    }
}
