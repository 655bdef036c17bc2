package dev.polyak.gpucheck.check;

import dev.polyak.cuda.CudaEvent;
import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.internal.cuda.CudaMemory;
import dev.polyak.internal.cuda.IpcMemoryHandle;
import dev.polyak.internal.cuda.PinnedMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The program of {@link Trainer#JAVA}. */
final class JavaTrainer {
    private JavaTrainer() {}

    /**
     * Trains until its input ends.
     *
     * @param args the GPU's index, and how many weights there are
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            train(Integer.parseInt(args[0]), Long.parseLong(args[1]) * Float.BYTES);
        } catch (CudaException e) {
            System.out.println("error: " + e.getMessage());
        }
    }

    private static void train(int gpu, long bytes) throws IOException, InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (CudaMemory weights = CudaMemory.allocate(gpu, bytes, "weights");
                PinnedMemory next = PinnedMemory.allocate(gpu, bytes);
                CudaStream stream = CudaStream.create(gpu);
                CudaEvent stepped = CudaEvent.createShared(gpu)) {
            IpcMemoryHandle memory = weights.export(0, bytes);
            HexFormat hex = HexFormat.of();
            System.out.println(
                    hex.formatHex(memory.handle()) + " " + memory.offset() + " " + hex.formatHex(stepped.export()));
            for (String step = lines.readLine(); step != null; step = lines.readLine()) {
                stream.await(); // the last copy has left its memory
                SharedMemoryCheck.fill(next.segment(), Long.parseLong(step));
                stream.copy(weights.address(), next.segment().address(), bytes);
                stepped.record(stream);
                System.out.println(step);
            }
        }
    }
}
