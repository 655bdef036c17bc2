package dev.polyak.bench.lab;

/** What a JVM that measures is started with. */
public final class Jvm {
    /** SIMD. */
    public static final String VECTORS = "--add-modules=jdk.incubator.vector";
    /** Leave to call C and CUDA. */
    public static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
    /** Numbers are outside the Java heap; by default they could take as much as the heap may. */
    public static final String MEMORY = "-XX:MaxDirectMemorySize=1t";
    /** Nothing of weight is on the heap. */
    public static final String HEAP = "-Xmx1g";

    /** Whoever calls hot code waits until it is compiled, so that a warm-up ends also where processors are scarce. */
    public static final String WARM = "-Xbatch";

    private Jvm() {}
}
