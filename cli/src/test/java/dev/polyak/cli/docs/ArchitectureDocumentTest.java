package dev.polyak.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What architecture.md says of modules, packages and arrows is what the code has. */
class ArchitectureDocumentTest {
    private static final Document DOCUMENT = Document.of("src/docs/architecture.md");
    private static final String ROOT = "dev.polyak";

    /** The picture: a package, and what it names; "↑" where that stands above. */
    private static final Pattern ARROW = Pattern.compile("^(\\S+) +→ (.*)$", Pattern.MULTILINE);

    private static final Pattern MODULE = Pattern.compile("<module>([\\w-]+)</module>");

    @Test
    void theModulesAreThoseOfTheBuild() throws IOException {
        List<String> built = MODULE.matcher(Files.readString(Document.PROJECT.resolve("pom.xml")))
                .results()
                .map(module -> module.group(1))
                .toList();
        assertThat(firstCells("## Modules")).containsExactlyInAnyOrderElementsOf(built);
    }

    @Test
    void thePackagesAreThoseOfTheLibrary() {
        assertThat(firstCells("## Packages of the library"))
                .containsExactlyInAnyOrderElementsOf(arrowsOfTheCode().keySet());
    }

    @Test
    void thePublicPackagesAreTheExportedOnes() throws IOException {
        Set<String> exported = Pattern.compile("exports dev\\.polyak\\.?([\\w.]*);")
                .matcher(Files.readString(Document.PROJECT.resolve("lib/src/main/java/module-info.java")))
                .results()
                .map(export -> export.group(1).isEmpty() ? ROOT : export.group(1))
                .collect(Collectors.toSet());
        Set<String> said = rows("## Packages of the library").stream()
                .filter(row -> row.get(1).equals("public"))
                .map(row -> Document.code(row.get(0)).get(0))
                .collect(Collectors.toSet());
        assertThat(said).isEqualTo(exported);
    }

    @Test
    void theArrowsAreThoseOfTheLibrary() {
        Map<String, Set<String>> said = new TreeMap<>();
        arrowsOfTheDocument()
                .forEach((from, to) -> said.put(
                        from,
                        to.stream().map(name -> name.replace("↑", "")).collect(Collectors.toCollection(TreeSet::new))));
        assertThat(lines(said))
                .as("the picture in %s; the code has what is expected here", DOCUMENT)
                .isEqualTo(lines(arrowsOfTheCode()));
    }

    @Test
    void arrowsPointDownUnlessTheyAreMarked() {
        List<String> order = ARROW.matcher(DOCUMENT.section("## The picture"))
                .results()
                .map(line -> line.group(1))
                .toList();
        arrowsOfTheDocument()
                .forEach((from, all) -> all.forEach(to -> {
                    boolean up = order.indexOf(to.replace("↑", "")) < order.indexOf(from);
                    assertThat(to.startsWith("↑")).as(from + " → " + to).isEqualTo(up);
                }));
    }

    @Test
    void theWalksGoToFilesThatAreThere() {
        List<String> files = Document.code(DOCUMENT.section("## Walks")).stream()
                .filter(code -> code.contains("/") && !code.endsWith("golden-more"))
                .toList();
        assertThat(files).hasSizeGreaterThan(10);
        assertThat(files)
                .allSatisfy(file ->
                        assertThat(Document.PROJECT.resolve(Path.of(file))).isRegularFile());
    }

    private static List<List<String>> rows(String heading) {
        String section = DOCUMENT.section(heading);
        return new Document(DOCUMENT.path(), section).tables().get(0).rows();
    }

    private static List<String> firstCells(String heading) {
        return rows(heading).stream()
                .map(row -> Document.code(row.get(0)).get(0))
                .toList();
    }

    private static Map<String, List<String>> arrowsOfTheDocument() {
        Map<String, List<String>> arrows = new TreeMap<>();
        ARROW.matcher(DOCUMENT.section("## The picture"))
                .results()
                .forEach(line -> arrows.put(
                        line.group(1),
                        Stream.of(line.group(2).split(",? +"))
                                .filter(name -> !name.equals("–"))
                                .toList()));
        return arrows;
    }

    /** Which packages of the library name which, by the class files; all begin with dev.polyak. */
    private static Map<String, Set<String>> arrowsOfTheCode() {
        JavaClasses library = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-"))
                .importPackages(ROOT);
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass type : library) {
            if (isOfLibrary(type)) {
                Set<String> to = arrows.computeIfAbsent(name(type), from -> new TreeSet<>());
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isOfLibrary(target) && !name(target).equals(name(type))) {
                        to.add(name(target));
                    }
                }
            }
        }
        return arrows;
    }

    private static boolean isOfLibrary(JavaClass type) {
        return (type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + "."))
                && !type.getPackageName()
                        .matches("dev\\.polyak\\.(cli|bench|gpucheck|checkpoint|testkit|cuda\\.bindings)(\\..*)?")
                && !type.getSimpleName().equals("package-info");
    }

    private static String name(JavaClass type) {
        return type.getPackageName().equals(ROOT) ? ROOT : type.getPackageName().substring(ROOT.length() + 1);
    }

    /** As the picture has them, so that a difference can be copied. */
    private static String lines(Map<String, Set<String>> arrows) {
        List<String> lines = new ArrayList<>();
        arrows.forEach((from, to) -> lines.add(from + " → " + String.join(", ", to)));
        return String.join("\n", lines);
    }
}
