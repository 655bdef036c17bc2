package dev.polyak.internal.cuda;

/** Exchanges the elements of every pair of tensors, in place. */
public final class SwapLaunch extends Launch {
    /** Prepares launches over a table. */
    public SwapLaunch(TensorTable table) {
        super("polyak_swap", table, KernelArguments.SWAP);
    }
}
