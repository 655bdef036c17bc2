package dev.polyak.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.polyak.bench.work.Pairing;
import dev.polyak.bench.work.Tensors;
import dev.polyak.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With PyTorch where there is one: {@code -Dpolyak.bench.python} names its Python. */
class TorchPeerTest {
    private static final String FOUND = System.getProperty(TorchPeer.PROPERTY, "");

    @TempDir
    private Path folder;

    @BeforeEach
    @AfterEach
    void useTheFoundPython() {
        System.setProperty(TorchPeer.PROPERTY, FOUND.isEmpty() ? "python3" : FOUND);
    }

    @ParameterizedTest
    @EnumSource
    void everyFormulaHasTheBitsOfItsOrder(Formula formula) throws Exception {
        try (TorchPeer torch = start()) {
            SameBits.check(torch, formula, Pairing.F32, 1, folder);
            SameBits.check(torch, formula, Pairing.F32, 2, folder);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16_TO_F32", "F16_TO_F32"})
    void narrowModelsAreWidenedFirst(Pairing types) throws Exception {
        try (TorchPeer torch = start()) {
            SameBits.check(torch, Formula.LERP, types, 1, folder);
        }
    }

    @Test
    void lapsTakeTime() throws Exception {
        try (TorchPeer torch = start();
                ModelFiles files = new ModelFiles(folder, DType.F32, 1, 2)) {
            torch.threads(1);
            torch.make(Formula.LERP, DType.BF16, Tensors.of(3, 1000));
            assertThat(torch.millis()).isPositive();
            torch.makeFold(files.paths());
            assertThat(torch.millis()).isPositive();
        }
    }

    @Test
    void thatThereIsNoTorchIsSaid() throws IOException {
        interpreter("echo \"error: No module named 'torch'\"");

        assertThatThrownBy(TorchPeer::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No module named 'torch'");
    }

    @Test
    void thatThereIsNoPythonIsSaid() {
        System.setProperty(TorchPeer.PROPERTY, folder.resolve("python9").toString());

        assertThatThrownBy(TorchPeer::start).isInstanceOf(IOException.class).hasMessageContaining("python9");
    }

    @Test
    void requestsAreLinesOfFieldsApartByTabs() throws Exception {
        Path log = folder.resolve("log");
        interpreter("echo 2.0", "while read -r line; do echo \"$line\" >>'" + log + "'; echo 2500000; done");

        try (TorchPeer torch = TorchPeer.start()) {
            assertThat(torch.version()).isEqualTo("2.0");
            torch.make(Formula.TIMM, DType.F32, Tensors.of(2, 5));
            torch.makeFold(List.of(Path.of("/a b"), Path.of("/c")));
            assertThat(torch.millis()).isEqualTo(2.5);
        }
        assertThat(log).hasContent("make\ttimm\tfloat32\t5,5\nfold\t/a b\t/c\nlap\n");
    }

    private static TorchPeer start() {
        try {
            return TorchPeer.start();
        } catch (IOException e) {
            return abort("there is no PyTorch here: " + e.getMessage());
        }
    }

    /** Puts a shell script into Python's place. */
    private void interpreter(String... lines) throws IOException {
        Path script = folder.resolve("python");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        System.setProperty(TorchPeer.PROPERTY, script.toString());
    }
}
