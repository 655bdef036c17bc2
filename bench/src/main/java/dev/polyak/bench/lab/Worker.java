package dev.polyak.bench.lab;

import dev.polyak.bench.work.Spec;
import dev.polyak.gpucheck.base.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM in which experiments are made and timed. They end with it. */
public final class Worker implements AutoCloseable {
    private final Child child;

    private Worker(Child child) {
        this.child = child;
    }

    /**
     * Starts a JVM.
     *
     * @param flavor which backend it shall have
     * @param scratch folder for the experiments' files
     * @throws IOException if it does not start
     */
    public static Worker start(JvmBackend flavor, Path scratch) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flavor.flags());
        command.addAll(List.of(
                Jvm.NATIVE,
                Jvm.MEMORY,
                Jvm.HEAP,
                Jvm.WARM,
                "-Djava.io.tmpdir=" + scratch.toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName()));
        return new Worker(Child.start("a measuring JVM (" + flavor.name() + ")", command));
    }

    /**
     * Makes an experiment, checks its bits and warms it up.
     *
     * @param spec which
     * @throws IOException if the JVM ends, or the experiment fails: the message says how
     */
    public OpenExperiment open(Spec spec) throws IOException {
        return OpenExperiment.parse(this, spec, child.ask("open " + spec));
    }

    double millis(int experiment, int task) throws IOException {
        return Double.parseDouble(child.ask("lap " + experiment + " " + task));
    }

    void close(int experiment) throws IOException {
        child.ask("close " + experiment);
    }

    @Override
    public void close() {
        child.close();
    }
}
