package dev.polyak.checkpoint.internal.safetensors;

import java.util.Arrays;
import java.util.Optional;

/**
 * Files that are often given in place of safetensors, by their first bytes: to say so helps more than to say what is
 * wrong with them.
 */
enum ForeignFormat {
    PYTORCH("PK\3\4", "a PyTorch file (.pt, .pth, .bin), which safetensors.torch.save_file converts"),
    PICKLE("\200\2\212\12l\374\234F\371", "a pickled PyTorch file, which safetensors.torch.save_file converts"),
    GIT_LFS("version ", "a Git LFS pointer, for which 'git lfs pull' gets the file itself"),
    HTML("<!DOCTYP", "a web page, so the download went wrong"),
    GGUF("GGUF", "a GGUF file"),
    HDF5("\211HDF", "an HDF5 file"),
    NUMPY("\223NUMPY", "a NumPy file");

    private final String magic;
    private final String description;

    ForeignFormat(String magic, String description) {
        this.magic = magic;
        this.description = description;
    }

    String description() {
        return description;
    }

    /** Recognises a file by its beginning, each byte of which is one character. */
    static Optional<ForeignFormat> of(String beginning) {
        return Arrays.stream(values())
                .filter(format -> beginning.startsWith(format.magic))
                .findFirst();
    }
}
