package dev.polyak.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The arrows from this module: to the library's public packages, the JDK, and one parser of JSON, named in one place. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.checkpoint");

    @Test
    void nothingElseIsNeeded() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.polyak",
                        "dev.polyak.schedule",
                        "dev.polyak.checkpoint..",
                        "java..",
                        "tools.jackson.core..",
                        "org.jspecify.annotations")
                .check(MODULE);
    }

    @Test
    void theLibrariesInternalPackagesAreItsOwn() {
        noClasses().should().dependOnClassesThat().resideInAPackage("dev.polyak.internal..").check(MODULE);
    }
}
