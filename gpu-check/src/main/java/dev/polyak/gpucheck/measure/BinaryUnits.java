package dev.polyak.gpucheck.measure;

/** Powers of two in words. */
final class BinaryUnits {
    private static final String[] PREFIXES = {"", " Ki", " Mi", " Gi"};

    private BinaryUnits() {}

    /** Such as "128 Mi"; the number itself if it is not so round. */
    static String of(long number) {
        int prefix = 0;
        long rest = number;
        while (rest % 1024 == 0 && rest > 0 && prefix < PREFIXES.length - 1) {
            rest /= 1024;
            prefix++;
        }
        return rest + PREFIXES[prefix];
    }
}
