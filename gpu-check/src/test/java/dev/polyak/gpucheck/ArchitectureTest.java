package dev.polyak.gpucheck;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.IpcMemory;
import dev.polyak.internal.cuda.IpcMemoryHandle;
import dev.polyak.internal.cuda.PinnedMemory;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the check. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages("dev.polyak.gpucheck");

    private static final Set<String> MEMORY = Stream.of(
                    CudaMemory.class, PinnedMemory.class, IpcMemory.class, IpcMemoryHandle.class)
            .map(Class::getName)
            .collect(Collectors.toSet());

    /** It asks a GPU itself what it measures the library by; the library is used as any program uses it. */
    @Test
    void ofWhatIsInternalOnlyMemoryIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are internal, and no memory",
                        type -> type.getPackageName().startsWith("dev.polyak.internal")
                                && !MEMORY.contains(type.getName())))
                .check(MODULE);
    }

    @Test
    void noPackagesFormACircle() {
        slices().matching("dev.polyak.gpucheck.(**)").should().beFreeOfCycles().check(MODULE);
    }
}
