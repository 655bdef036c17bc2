/** Running averages of model parameters. */
module dev.polyak {
    requires dev.polyak.cuda.bindings;
    // Without it, everything runs in plain Java: start with --add-modules jdk.incubator.vector.
    requires static jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.polyak;
    exports dev.polyak.cuda;
    exports dev.polyak.error;
    exports dev.polyak.rule;
    exports dev.polyak.frameworks;
    exports dev.polyak.frameworks.python;
    exports dev.polyak.offload;
    exports dev.polyak.schedule;
    exports dev.polyak.tensor;
    exports dev.polyak.train;
}
