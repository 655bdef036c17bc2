package dev.polyak;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of the library. */
class ArchitectureTest {
    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak");

    @Test
    void arrowsRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("train")
                .definedBy("dev.polyak.train")
                .layer("rules")
                .definedBy("dev.polyak.rules", "dev.polyak.rules.python")
                .layer("root")
                .definedBy("dev.polyak")
                .layer("schedule")
                .definedBy("dev.polyak.schedule")
                .layer("kernel")
                .definedBy("dev.polyak.internal.kernel")
                .layer("parallel")
                .definedBy("dev.polyak.internal.parallel")
                .layer("backends")
                .definedBy("dev.polyak.internal.scalar", "dev.polyak.internal.vector")
                .layer("GPU kernels")
                .definedBy("dev.polyak.internal.cuda")
                .layer("CUDA")
                .definedBy("dev.polyak.cuda")
                .layer("bindings")
                .definedBy("dev.polyak.cuda.bindings")
                .whereLayer("train")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("rules")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("root")
                .mayOnlyBeAccessedByLayers("train", "rules")
                .whereLayer("schedule")
                .mayOnlyBeAccessedByLayers("train", "rules", "root", "kernel")
                .whereLayer("kernel")
                .mayOnlyBeAccessedByLayers("root", "backends")
                .whereLayer("parallel")
                .mayOnlyBeAccessedByLayers("root", "GPU kernels")
                .whereLayer("backends")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("GPU kernels")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("CUDA")
                .mayOnlyBeAccessedByLayers("train", "root", "GPU kernels")
                .whereLayer("bindings")
                .mayOnlyBeAccessedByLayers("CUDA")
                .check(LIBRARY);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("dev.polyak.(**)").should().beFreeOfCycles().check(LIBRARY);
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
     * On JDK 27 C2 does not compile them: each would allocate its result. NarrowFloats has a form that it does compile.
     */
    @Test
    void noLoopReinterpretsFloatsInOneStep() {
        noClasses()
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
}
