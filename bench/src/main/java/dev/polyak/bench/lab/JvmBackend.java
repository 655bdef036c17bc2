package dev.polyak.bench.lab;

import dev.polyak.internal.kernel.Backend;
import java.util.ArrayList;
import java.util.List;

/**
 * A backend, and how a JVM is brought to choose it: that is how users get it. Narrower vectors come by telling the JVM
 * that the processor has no wider ones.
 *
 * @param name such as {@code vector 512}
 * @param flags of the JVM
 */
public record JvmBackend(String name, List<String> flags) {
    /** What this machine's JVM chooses by itself. */
    public static final JvmBackend OWN = new JvmBackend("own", List.of(Jvm.VECTORS));

    private static final JvmBackend SCALAR = new JvmBackend("scalar", List.of("-Dpolyak.kernels=scalar"));

    /** The backends that this machine has, plain Java first. */
    public static List<JvmBackend> all() {
        List<JvmBackend> all = new ArrayList<>(List.of(SCALAR));
        int widest = Backend.get().vectorBits();
        if (System.getProperty("os.arch").equals("amd64")) {
            if (widest > 128) {
                all.add(new JvmBackend("vector 128", List.of(Jvm.VECTORS, "-XX:UseAVX=1")));
            }
            if (widest > 256) {
                all.add(new JvmBackend("vector 256", List.of(Jvm.VECTORS, "-XX:UseAVX=2")));
            }
        }
        if (widest > 0) {
            all.add(new JvmBackend("vector " + widest, OWN.flags()));
        }
        return all;
    }
}
