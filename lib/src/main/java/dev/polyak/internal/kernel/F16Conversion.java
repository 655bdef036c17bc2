package dev.polyak.internal.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The conversion from binary32 to binary16, in plain Java in every backend, for the reasons that {@link F16Loop} gives.
 */
final class F16Conversion implements Conversion {
    @Override
    public void run(MemorySegment from, long fromAt, MemorySegment to, long toAt, int n) {
        F16Block block = F16Block.ofThread();
        for (int i = 0; i < n; i += F16Block.LENGTH) {
            int length = Math.min(F16Block.LENGTH, n - i);
            MemorySegment.copy(from, Element.FLOAT, fromAt + (long) i * Float.BYTES, block.wide, 0, length);
            narrow(block.wide, block.narrow, length);
            MemorySegment.copy(block.narrow, 0, to, Element.SHORT, toAt + (long) i * Short.BYTES, length);
        }
    }

    private static void narrow(float[] wide, short[] narrow, int n) {
        for (int i = 0; i < n; i++) {
            narrow[i] = Float.floatToFloat16(wide[i]);
        }
    }
}
