package dev.polyak.gpucheck.measure;

import dev.polyak.Device;
import dev.polyak.gpucheck.base.Child;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** PyTorch in a Python of its own, which does the same work on the same GPU when it is told to. */
public final class Torch implements AutoCloseable {
    /** What PyTorch can do. */
    enum Work {
        /** {@code torch._foreach_lerp_} of binary32 tensors, as the multi-tensor averages of the field do. */
        FOREACH_LERP,
        /** {@code e.lerp_(p.float(), w)}, for an average in binary32 of a model in bfloat16. */
        LERP,
        /** What timm's ModelEma and ModelEmaV2 do, written out. */
        TIMM,
        /** What Composer's {@code compute_ema} does. */
        COMPOSER,
        /** What Ignite's EMAHandler does. */
        IGNITE,
        /** {@code copy_}, as a second look at the limit. */
        COPY,
        /**
         * A chain of matrix products, in binary32: those in bfloat16 reach the power that a GPU may take, after which
         * its clock, and so their time, changes by more than is looked for.
         */
        PRODUCTS,
        /** What {@code timm.ModelEmaV3(device="cpu")} does, in binary32: each tensor brought and mixed in by itself. */
        ON_CPU,
        /** The same with pinned memory, into which all tensors are brought before the first is mixed in. */
        ON_CPU_PINNED;

        /** The name of the way. */
        String label() {
            return switch (this) {
                case FOREACH_LERP -> "torch._foreach_lerp_";
                case LERP -> "torch lerp_(p.float())";
                case TIMM -> "torch, timm ModelEma";
                case COMPOSER -> "torch, Composer compute_ema";
                case IGNITE -> "torch, Ignite EMAHandler";
                case COPY -> "torch copy_";
                case PRODUCTS -> "torch matmul";
                case ON_CPU -> "torch device='cpu'";
                case ON_CPU_PINNED -> "torch device='cpu', pinned";
            };
        }

        long bytes(long elements) {
            return this == COPY ? 2L * Float.BYTES * elements : 0;
        }
    }

    /** There is no Python, no PyTorch, or it sees no GPU. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        Missing(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final Child python;
    private final String version;

    private Torch(Child python, String version) {
        this.python = python;
        this.version = version;
    }

    /**
     * Starts Python.
     *
     * @param gpu which GPU it uses
     * @throws Missing if there is nothing to start; the message says what is missing
     */
    public static Torch start(Device gpu) throws Missing {
        try {
            return started(Child.python(Torch.class, "laps.py", gpu.index() + ""));
        } catch (IOException e) {
            throw new Missing(e);
        }
    }

    /** Python with the script, when it has loaded PyTorch. */
    static Torch started(Child python) throws IOException {
        try {
            return new Torch(python, python.answer());
        } catch (IOException e) {
            python.close();
            throw e;
        }
    }

    /** PyTorch's version. */
    public String version() {
        return version;
    }

    /** Makes a piece of work; nothing if there is no memory for it. */
    Optional<Contender> make(Work work, int tensors, long elements, int repetitions) {
        String name = work.name().toLowerCase(Locale.ROOT);
        try {
            python.ask("make " + name + " " + tensors + " " + elements);
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(new Contender(
                work.label(),
                work.bytes(tensors * elements),
                () -> Double.parseDouble(python.ask("lap " + name + " " + repetitions))));
    }

    /** Forgets all work, and gives its memory back. */
    void forget() {
        try {
            python.ask("forget");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        python.close();
    }
}
