package dev.polyak.gpucheck.check;

import dev.polyak.Device;
import dev.polyak.gpucheck.base.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that trains. Its first line is the handle of the weights' memory, where they begin in it, and the handle of
 * an event; for the number of a step it writes the weights of that step, records the event behind that, and answers at
 * once, with the number.
 */
enum Trainer {
    /** Another JVM of the kind that runs this. */
    JAVA("a JVM") {
        @Override
        Child start(Device gpu, int elements) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx64m");
            command.add("--enable-native-access=ALL-UNNAMED");
            String library = System.getProperty(LIBRARY);
            if (library != null) {
                command.add("-D" + LIBRARY + "=" + library);
            }
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), JavaTrainer.class.getName()));
            command.addAll(List.of(gpu.index() + "", elements + ""));
            return Child.start(label(), command);
        }
    },
    /** PyTorch. */
    TORCH("PyTorch") {
        @Override
        Child start(Device gpu, int elements) throws IOException {
            return Child.python(Trainer.class, "trainer.py", gpu.index() + "", elements + "");
        }
    };

    private static final String LIBRARY = "polyak.cuda.library";

    private final String label;

    Trainer(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract Child start(Device gpu, int elements) throws IOException;
}
