package dev.polyak.internal.cuda;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.cuda.bindings.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of symbols, the bindings generated from it, and their use: functions, constants and structures by name. */
class BindingsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.cuda", "dev.polyak.internal.cuda");

    @Test
    void whatIsListedIsBound() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("../src/jextract/symbols.txt"))) {
            assertThat(lines.filter(line -> line.startsWith("--include-")).map(line -> line.split(" ")[1]))
                    .as("src/jextract/symbols.txt; after a change of it, run src/jextract/generate")
                    .containsExactlyInAnyOrderElementsOf(bound());
        }
    }

    @Test
    void whatIsBoundIsCalled() {
        Set<String> called = CLASSES.stream()
                .filter(caller -> !isBinding(caller))
                .flatMap(caller -> caller.getAccessesFromSelf().stream())
                .filter(access -> isBinding(access.getTargetOwner()))
                .filter(access -> !access.getTargetOwner().isEquivalentTo(Library.class))
                .map(BindingsTest::symbol)
                .collect(toCollection(TreeSet::new));
        assertThat(called)
                .as("called by dev.polyak.cuda and dev.polyak.internal.cuda")
                .containsExactlyElementsOf(bound());
    }

    private static Set<String> bound() {
        Stream<String> functionsAndConstants = CLASSES.get(Cudart.class).getMethods().stream()
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .map(method -> method.getName());
        Stream<String> structures = CLASSES.stream()
                .filter(type -> isBinding(type) && type.isTopLevelClass())
                .filter(type -> !type.isEquivalentTo(Cudart.class) && !type.isEquivalentTo(Library.class))
                .map(JavaClass::getSimpleName);
        return Stream.concat(functionsAndConstants, structures).collect(toCollection(TreeSet::new));
    }

    /** A structure is what its accessors are of. */
    private static String symbol(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return owner.isEquivalentTo(Cudart.class) ? access.getTarget().getName() : owner.getSimpleName();
    }

    private static boolean isBinding(JavaClass type) {
        return type.getPackageName().equals("dev.polyak.cuda.bindings");
    }
}
