/** The functions of the CUDA runtime that Polyak calls. They are for Polyak alone. */
module dev.polyak.cuda.bindings {
    exports dev.polyak.cuda.bindings to
            dev.polyak;
}
