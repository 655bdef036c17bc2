package dev.polyak.gpucheck;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
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

    /** But for memory on a GPU and kernels, which a program of averages does not need, and a check does. */
    @Test
    void theLibraryIsUsedAsAnyProgramUsesIt() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.polyak.internal..")
                        .and(resideOutsideOfPackage("dev.polyak.internal.cuda")))
                .check(MODULE);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("dev.polyak.gpucheck.(**)").should().beFreeOfCycles().check(MODULE);
    }
}
