package dev.polyak.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.polyak.testkit.ChildJvm;
import dev.polyak.testkit.StandIn;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that is a module, on the module path, with and without the Vector API. */
class ModulePathTest {
    private static final Set<String> MODULES =
            Set.of("dev.polyak", "dev.polyak.cuda.bindings", "dev.polyak.checkpoint", "tools.jackson.core");

    private static final String DESCRIPTOR = "module program { requires dev.polyak.checkpoint; }";
    private static final String PROGRAM = """
            package program;

            import dev.polyak.*;
            import dev.polyak.checkpoint.SavedAverage;
            import dev.polyak.schedule.Schedules;
            import dev.polyak.tensor.*;
            import java.nio.file.Path;
            import java.util.Map;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    var layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 1000));
                    var path = Path.of(arguments[0]);
                    try (var model = ParameterStore.allocate(layout, Device.cpu());
                            var ema = ParameterAverage.builder(model).schedule(Schedules.decay(0.9)).build()) {
                        ema.update();
                        SavedAverage.save(path, ema, Map.of());
                    }
                    try (var saved = SavedAverage.open(path)) {
                        System.out.println(Main.class.getModule() + " " + ParameterStore.class.getModule() + " "
                                + Acceleration.current().kernels() + " " + saved.counters());
                    }
                }
            }
            """;

    private static final String GPU = """
            package program;

            import dev.polyak.cuda.Cuda;

            public class Gpu {
                public static void main(String[] arguments) {
                    System.out.println(Cuda.availability().explanation());
                }
            }
            """;

    @Test
    void aModularProgramRunsWithAndWithoutTheVectorApi(@TempDir Path folder) throws Exception {
        assumeTrue(ToolProvider.getSystemJavaCompiler() != null, "this Java has no compiler");
        String modules = modulePath();
        Path classes = compile(folder, modules);
        String path = modules + File.pathSeparator + classes;
        assertThat(run(folder, path, List.of()))
                .contains("module program module dev.polyak scalar AverageCounters[calls=1, updates=1]");
        assertThat(run(folder, path, List.of("--add-modules", "jdk.incubator.vector")))
                .contains("module program module dev.polyak vector, ", "AverageCounters[calls=1, updates=1]");
    }

    /** A hint that is followed must help: on the module path the option names modules. */
    @Test
    void theHintForNativeAccessNamesTheModules(@TempDir Path folder) throws Exception {
        assumeTrue(ToolProvider.getSystemJavaCompiler() != null, "this Java has no compiler");
        assumeTrue(Runtime.version().feature() >= 24, "this JDK always allows native access");
        StandIn.require();
        String modules = modulePath();
        String path = modules + File.pathSeparator + compile(folder, modules);
        String hint = "--enable-native-access=dev.polyak,dev.polyak.cuda.bindings";
        assertThat(explain(path, List.of())).endsWith("start Java with " + hint);
        assertThat(explain(path, List.of(hint))).startsWith("CUDA is available: ");
    }

    private static String explain(String modules, List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ChildJvm.java());
        command.addAll(options);
        command.addAll(List.of(
                "--illegal-native-access=deny",
                "-Dpolyak.cuda.library=" + StandIn.library(),
                "--module-path",
                modules,
                "--module",
                "program/program.Gpu"));
        ChildJvm.Result result = ChildJvm.run(new ProcessBuilder(command));
        assertThat(result.exit()).as(result.err()).isZero();
        return result.out().strip();
    }

    private static String modulePath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .filter(place -> ModuleFinder.of(place).findAll().stream()
                        .anyMatch(module -> MODULES.contains(module.descriptor().name())))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path compile(Path folder, String modules) throws IOException {
        Path sources =
                Files.createDirectories(folder.resolve("sources/program")).getParent();
        Path classes = folder.resolve("classes");
        Path descriptor = Files.writeString(sources.resolve("module-info.java"), DESCRIPTOR);
        Path program = Files.writeString(sources.resolve("program/Main.java"), PROGRAM);
        Path gpu = Files.writeString(sources.resolve("program/Gpu.java"), GPU);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("--module-path", modules, "-d", classes.toString()),
                            null,
                            files.getJavaFileObjects(descriptor, program, gpu))
                    .call();
            assertThat(done).as(said.toString()).isTrue();
        }
        return classes;
    }

    private static String run(Path folder, String modules, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ChildJvm.java());
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=dev.polyak", "--module-path", modules));
        command.addAll(List.of(
                "--module",
                "program/program.Main",
                folder.resolve("ema.safetensors").toString()));
        ChildJvm.Result result = ChildJvm.run(new ProcessBuilder(command).redirectErrorStream(true));
        assertThat(result.exit()).as(result.out()).isZero();
        return result.out();
    }
}
