package dev.polyak;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.polyak.error.PolyakException;
import dev.polyak.internal.store.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of the library. */
class ArchitectureTest {
    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-") && !location.contains("/dev/polyak/testkit/"))
            .importPackages("dev.polyak");

    /** What each package may name, by their names behind {@code dev.polyak}; "" is that package itself. */
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("error", List.of()),
            Map.entry("tensor", List.of("internal.text")),
            Map.entry("schedule", List.of("internal.math")),
            Map.entry("internal.math", List.of()),
            Map.entry("internal.text", List.of()),
            Map.entry("offload", List.of("tensor")),
            Map.entry("rule", List.of("tensor", "schedule")),
            Map.entry("frameworks", List.of("tensor", "schedule", "rule", "frameworks.python", "internal.math")),
            Map.entry("frameworks.python", List.of()),
            Map.entry("cuda.bindings", List.of()),
            Map.entry("cuda", List.of("error", "cuda.bindings", "internal.cuda")),
            Map.entry(
                    "internal.cuda",
                    List.of("error", "cuda", "cuda.bindings", "internal.text", "tensor", "rule", "schedule")),
            Map.entry("internal.kernel", List.of("tensor", "schedule")),
            Map.entry("internal.scalar", List.of("internal.kernel")),
            Map.entry("internal.vector", List.of("internal.kernel")),
            Map.entry("internal.partition", List.of("tensor")),
            Map.entry(
                    "internal.store",
                    List.of(
                            "",
                            "error",
                            "tensor",
                            "rule",
                            "cuda",
                            "internal.cuda",
                            "internal.kernel",
                            "internal.text",
                            "internal.partition")),
            Map.entry(
                    "internal.update",
                    List.of(
                            "",
                            "error",
                            "offload",
                            "tensor",
                            "rule",
                            "schedule",
                            "cuda",
                            "internal.cuda",
                            "internal.kernel",
                            "internal.partition",
                            "internal.store")),
            Map.entry(
                    "internal.offload",
                    List.of(
                            "",
                            "error",
                            "offload",
                            "tensor",
                            "cuda",
                            "internal.cuda",
                            "internal.partition",
                            "internal.store",
                            "internal.update")),
            Map.entry(
                    "internal.fold",
                    List.of(
                            "",
                            "error",
                            "tensor",
                            "rule",
                            "cuda",
                            "internal.cuda",
                            "internal.kernel",
                            "internal.partition",
                            "internal.store",
                            "internal.update")),
            Map.entry(
                    "",
                    List.of(
                            "error",
                            "tensor",
                            "rule",
                            "schedule",
                            "offload",
                            "cuda",
                            "internal.cuda",
                            "internal.kernel",
                            "internal.partition",
                            "internal.store",
                            "internal.update",
                            "internal.offload",
                            "internal.fold",
                            "internal.text")),
            Map.entry("train", List.of("", "error", "tensor", "rule", "schedule", "cuda")));

    @Test
    void arrowsRunOneWay() {
        assertThat(packages()).containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
        ARROWS.forEach((from, to) -> classes()
                .that()
                .resideInAPackage(inFull(from))
                .should()
                .onlyDependOnClassesThat(areIn(Stream.concat(Stream.of(from), to.stream())))
                .check(LIBRARY));
    }

    private static Set<String> packages() {
        return LIBRARY.stream()
                .map(JavaClass::getPackage)
                .map(JavaPackage::getName)
                .map(name -> name.substring(Math.min("dev.polyak.".length(), name.length())))
                .map(name -> name.equals("dev.polyak") ? "" : name)
                .collect(Collectors.toSet());
    }

    private static String inFull(String name) {
        return name.isEmpty() ? "dev.polyak" : "dev.polyak." + name;
    }

    /** Classes of some of our packages, or of no package of ours. */
    private static DescribedPredicate<JavaClass> areIn(Stream<String> packages) {
        Set<String> names = packages.map(ArchitectureTest::inFull).collect(Collectors.toSet());
        return DescribedPredicate.describe(
                "are in " + names,
                type -> names.contains(type.getPackageName())
                        || !type.getPackageName().startsWith("dev.polyak"));
    }

    @Test
    void nothingInternalFormsACircle() {
        slices().matching("dev.polyak.internal.(*)..").should().beFreeOfCycles().check(LIBRARY);
    }

    @Test
    void nothingInternalNamesAFacade() {
        noClasses()
                .that()
                .resideInAPackage("dev.polyak.internal..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ParameterAverage.class, ParameterFold.class, SwappedAverage.class, AverageReading.class)
                .check(LIBRARY);
    }

    @Test
    void backendsDoNotKnowEachOther() {
        slices().matching("dev.polyak.internal.(scalar|vector)")
                .should()
                .notDependOnEachOther()
                .check(LIBRARY);
    }

    @Test
    void onlyTheVectorBackendNamesTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.polyak.internal.vector")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector")
                .check(LIBRARY);
    }

    /**
     * On JDK 27 C2 does not compile them: each would allocate its result. Bf16AndF16 has the form that each JDK
     * compiles.
     */
    @Test
    void noLoopReinterpretsFloatsByItself() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.polyak.internal.vector.Bf16AndF16")
                .should()
                .callMethod("jdk.incubator.vector.FloatVector", "reinterpretAsInts")
                .orShould()
                .callMethod("jdk.incubator.vector.DoubleVector", "reinterpretAsLongs")
                .orShould()
                .callMethodWhere(target(name("viewAsIntegralLanes")))
                .check(LIBRARY);
    }

    @Test
    void nothingIsNeededButTheJdk() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.polyak..", "java..", "jdk.incubator.vector", "org.jspecify.annotations")
                .check(LIBRARY);
    }

    @Test
    void theApiNamesWhatIsInternalInMethodBodiesOnly() {
        classes()
                .that(DescribedPredicate.describe("are API", ArchitectureTest::isApi))
                .should(ApiSignatures.nameNothingInternal())
                .check(LIBRARY);
    }

    private static boolean isApi(JavaClass type) {
        return !type.getPackageName().contains(".internal")
                && type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.getPackageName().startsWith("dev.polyak.cuda.bindings");
    }

    /** A component more would break everyone who calls the constructor: larger ones hide it. */
    @Test
    void noPublicRecordHasMoreThanFourComponents() {
        List<String> large = LIBRARY.stream()
                .filter(type -> type.isRecord() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.getPackageName().contains(".internal"))
                .filter(type -> type.reflect().getRecordComponents().length > 4)
                .map(JavaClass::getSimpleName)
                .toList();
        assertThat(large).isEmpty();
    }

    @Test
    void theFrontDoorIsSmall() {
        assertThat(LIBRARY.stream()
                        .filter(type -> type.getPackageName().equals("dev.polyak") && type.isTopLevelClass())
                        .map(JavaClass::getSimpleName))
                .hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void noKnotHasMoreThanThreeClasses() {
        Map<String, Set<String>> arrows = new HashMap<>();
        for (JavaClass type : LIBRARY) {
            Set<String> from = arrows.computeIfAbsent(outermost(type), name -> new HashSet<>());
            type.getDirectDependenciesFromSelf()
                    .forEach(dependency -> from.add(outermost(dependency.getTargetClass())));
            if (type.reflect().isSealed()) {
                for (Class<?> permitted : type.reflect().getPermittedSubclasses()) {
                    from.add(Knots.outermost(permitted.getName()));
                }
            }
        }
        // A sealed parent and its children know each other, as MemorySegment and its own do.
        arrows.keySet()
                .removeAll(Set.of(
                        ParameterStore.class.getName(),
                        HostStore.class.getName(),
                        MemoryStore.class.getName(),
                        PolyakException.class.getName()));
        arrows.keySet().removeIf(name -> name.startsWith("dev.polyak.cuda.bindings")); // generated
        assertThat(Knots.of(arrows)).allSatisfy(knot -> assertThat(knot).hasSizeLessThanOrEqualTo(3));
    }

    private static String outermost(JavaClass type) {
        return Knots.outermost(type.getBaseComponentType().getName());
    }

    /** The library does not know who calls it: options are the command line's. */
    @Test
    void noTextNamesAnOptionOfTheCommandLine() throws IOException {
        Pattern option = Pattern.compile("(?<![\\w-])--(?!add-modules\\b|enable-native-access\\b)[a-z]");
        List<String> found = new ArrayList<>();
        for (JavaClass type : LIBRARY) {
            for (String text : StringConstants.of(type.reflect())) {
                if (option.matcher(text).find()) {
                    found.add(type.getName() + ": " + text);
                }
            }
        }
        assertThat(found).isEmpty();
    }

    /** A file is read in one sitting. */
    @Test
    void noFileIsTooLong() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(path -> path.toString().endsWith(".java"))::iterator) {
                assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(500);
            }
        }
    }
}
