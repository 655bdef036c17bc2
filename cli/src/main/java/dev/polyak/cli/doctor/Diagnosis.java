package dev.polyak.cli.doctor;

import dev.polyak.Acceleration;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Text;
import dev.polyak.cli.console.Version;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What this machine and this JVM offer.
 *
 * @param jvm the JVM
 * @param machine what it runs on
 * @param acceleration how the library averages on it
 * @param gpus what else it can average on
 */
record Diagnosis(Jvm jvm, Machine machine, Acceleration acceleration, Gpus gpus) {

    /** Finds out. */
    static Diagnosis make() {
        return new Diagnosis(Jvm.current(), Machine.current(), Acceleration.current(), Gpus.find());
    }

    void print(PrintWriter out) {
        line(out, "polyak", Version.current());
        line(out, "java", jvm.version() + " (" + jvm.vendor() + "), " + jvm.home());
        line(out, "system", machine.system() + ", " + machine.architecture());
        line(
                out,
                "processor",
                machine.processor() + ", " + Text.count(machine.processors(), "processor") + " for this JVM");
        line(out, "kernels", acceleration.kernels());
        line(out, "FMA", jvm.hasFma() ? "in hardware" : "in software");
        line(out, "threads", String.valueOf(acceleration.threads()));
        line(
                out,
                "memory",
                Text.bytes(machine.memory()) + "; of these at most " + Text.bytes(jvm.heapLimit())
                        + " for the heap and " + Text.bytes(jvm.nativeLimit())
                        + " for native memory (files are mapped beyond both)");
        line(out, "native access", jvm.hasNativeAccess() ? "enabled" : "not enabled");
        gpus.print(out);
        List<String> advice = advice();
        out.println();
        if (advice.isEmpty()) {
            out.println("Nothing is missing.");
        } else {
            out.println("Everything works. To improve it:");
            advice.forEach(text -> out.println("- " + text));
        }
    }

    void write(Json json) {
        json.member("version", Version.current())
                .object(
                        "java",
                        java -> java.member("version", jvm.version())
                                .member("vendor", jvm.vendor())
                                .member("home", jvm.home())
                                .member("supported", jvm.isSupported())
                                .member("heap_limit", jvm.heapLimit())
                                .member("native_limit", jvm.nativeLimit())
                                .member("native_access", jvm.hasNativeAccess()))
                .object(
                        "machine",
                        all -> all.member("system", machine.system())
                                .member("architecture", machine.architecture())
                                .member("processor", machine.processor())
                                .member("processors", machine.processors())
                                .member("memory", machine.memory()))
                .object(
                        "kernels",
                        kernels -> kernels.member("name", acceleration.kernels())
                                .member("vector_bits", acceleration.vectorBits())
                                .member("fma", jvm.hasFma())
                                .member("threads", acceleration.threads()))
                .object("cuda", gpus::write)
                .strings("advice", advice());
    }

    private List<String> advice() {
        List<String> advice = new ArrayList<>();
        acceleration
                .advice()
                .ifPresent(text ->
                        advice.add("averages are made in plain Java, at about two thirds of the speed: " + text));
        if (!jvm.hasFma()) {
            advice.add(
                    "fused multiply-add is emulated, which is many times slower: use a processor with FMA, and do not start Java with"
                            + " -XX:-UseFMA");
        }
        if (!jvm.hasNativeAccess()) {
            advice.add(
                    "native code may not be called, which CUDA needs: start Java with --enable-native-access=ALL-UNNAMED");
        } else {
            gpus.advice().ifPresent(advice::add);
        }
        return advice;
    }

    static void line(PrintWriter out, String name, String value) {
        out.println(String.format("%-14s", name) + Text.printable(value));
    }
}
