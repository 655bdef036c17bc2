package dev.polyak.gpucheck;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The arrows of the check. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.gpucheck");

    @Test
    void theLibraryIsUsedAsAnyProgramUsesIt() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.polyak.internal..")
                .check(MODULE);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("dev.polyak.gpucheck.(**)").should().beFreeOfCycles().check(MODULE);
    }
}
