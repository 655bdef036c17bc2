package dev.polyak.internal.kernel;

/** Room of a thread for elements on their way to binary16: in arrays, which overlap with no other memory. */
final class F16Block {
    /** Elements of a block: it and the memory that it comes from and goes to stay in the first cache. */
    static final int LENGTH = 2048;

    private static final ThreadLocal<F16Block> OF_THREAD = ThreadLocal.withInitial(F16Block::new);

    final float[] wide = new float[LENGTH];
    final short[] narrow = new short[LENGTH];

    private F16Block() {}

    static F16Block ofThread() {
        return OF_THREAD.get();
    }
}
