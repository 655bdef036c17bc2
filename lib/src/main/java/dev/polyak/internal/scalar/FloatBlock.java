package dev.polyak.internal.scalar;

/** Room of a thread for elements on their way through a loop: in two arrays, which cannot overlap. */
final class FloatBlock {
    /** Elements of each array: the fastest of those tried; from 4 KiB on it was a third slower. */
    static final int LENGTH = 640;

    private static final ThreadLocal<FloatBlock> OF_THREAD = ThreadLocal.withInitial(FloatBlock::new);

    final float[] average = new float[LENGTH];
    final float[] source = new float[LENGTH];

    private FloatBlock() {}

    static FloatBlock ofThread() {
        return OF_THREAD.get();
    }
}
