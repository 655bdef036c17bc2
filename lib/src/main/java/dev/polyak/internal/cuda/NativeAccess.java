package dev.polyak.internal.cuda;

/** What a user does so that Java lets this library call native code. */
public final class NativeAccess {
    /** The option of Java, which names modules where the library is one. */
    public static final String OPTION = option(NativeAccess.class.getModule().isNamed());

    private NativeAccess() {}

    static String option(boolean isModule) {
        return "--enable-native-access=" + (isModule ? "dev.polyak,dev.polyak.cuda.bindings" : "ALL-UNNAMED");
    }
}
