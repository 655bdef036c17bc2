package dev.polyak.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Formats know naming schemes, never the other way round. */
class ArchitectureTest {
    private static final JavaClasses CHECKPOINT = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.checkpoint");

    @Test
    void schemesKnowStoresAndNamesAlone() {
        classes()
                .that()
                .resideInAPackage("dev.polyak.checkpoint.framework.scheme")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.polyak",
                        "dev.polyak.rule",
                        "dev.polyak.frameworks..",
                        "dev.polyak.tensor",
                        "dev.polyak.checkpoint.framework.scheme",
                        "java..",
                        "org.jspecify.annotations")
                .check(CHECKPOINT);
        noClasses()
                .that()
                .resideInAPackage("dev.polyak.checkpoint.framework.scheme")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .check(CHECKPOINT);
    }
}
