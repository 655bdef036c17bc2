/** Checkpoint files as parameter stores. */
module dev.polyak.checkpoint {
    requires transitive dev.polyak;
    requires tools.jackson.core;
    requires static org.jspecify;

    exports dev.polyak.checkpoint;
    exports dev.polyak.checkpoint.framework;
    exports dev.polyak.checkpoint.framework.scheme;
}
