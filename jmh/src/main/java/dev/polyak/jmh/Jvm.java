package dev.polyak.jmh;

/** What the forked JVMs are started with, so that {@code java -jar benchmarks.jar} needs no flags itself. */
final class Jvm {
    /** SIMD. */
    static final String VECTORS = "--add-modules=jdk.incubator.vector";
    /** Leave to call the C reference. */
    static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
    /** Numbers are outside the Java heap; by default they could take as much as the heap may. */
    static final String MEMORY = "-XX:MaxDirectMemorySize=64g";
    /** Nothing of weight is on the heap. */
    static final String HEAP = "-Xmx1g";

    private Jvm() {}
}
