package dev.polyak.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The arrows of the command line. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.cli");

    @Test
    void theLibrariesInternalPackagesAreItsOwn() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.polyak.internal..")
                .check(MODULE);
    }

    @Test
    void commandsDoNotKnowEachOther() {
        slices().matching("dev.polyak.cli.(average|bench|compare|demo|doctor|inspect)..")
                .should()
                .notDependOnEachOther()
                .check(MODULE);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("dev.polyak.cli.(**)").should().beFreeOfCycles().check(MODULE);
    }
}
