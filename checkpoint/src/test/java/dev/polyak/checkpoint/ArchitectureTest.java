package dev.polyak.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows between the packages: files below, other frameworks above. */
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

    @Test
    void filesKnowNothingOfAverages() {
        classes()
                .that()
                .resideInAPackage("dev.polyak.checkpoint.internal..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are internal, layouts, or the one exception",
                        type -> type.getPackageName().startsWith("dev.polyak.checkpoint.internal")
                                || type.getPackageName().equals("dev.polyak.tensor")
                                || type.isEquivalentTo(CheckpointException.class)
                                || !type.getPackageName().startsWith("dev.polyak")))
                .check(CHECKPOINT);
    }

    @Test
    void ourOwnCheckpointsDoNotKnowOtherFrameworks() {
        noClasses()
                .that()
                .resideInAPackage("dev.polyak.checkpoint")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.polyak.checkpoint.framework..")
                .check(CHECKPOINT);
    }

    /** A component more would break everyone who calls the constructor: larger ones hide it. */
    @Test
    void noPublicRecordHasMoreThanFourComponents() {
        List<String> large = CHECKPOINT.stream()
                .filter(type -> type.isRecord() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.getPackageName().contains(".internal"))
                .filter(type -> type.reflect().getRecordComponents().length > 4)
                .map(JavaClass::getSimpleName)
                .toList();
        assertThat(large).isEmpty();
    }
}
