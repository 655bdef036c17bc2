package dev.polyak.internal.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Loops that are written once and compiled once per variant.
 *
 * <p>A template is an ordinary class that takes its parameters (which step, which element type, how wide a vector) from
 * {@link #data} into {@code static final} fields. Each variant is a hidden class made from the same class file with
 * other data. To the JIT compiler the fields of a variant are constants: what depends on them is folded away, and each
 * variant has a profile of its own. The same loop with the parameters in variables is ten times slower where one of
 * them is a vector species.
 */
public final class Template {
    private Template() {}

    /**
     * Makes a variant.
     *
     * @param lookup a full-power lookup of a class in the template's package
     * @param name the template's simple name; it has a constructor without parameters
     * @param type what the variant is to be seen as
     * @param data the variant's parameters
     */
    public static <T> T instantiate(MethodHandles.Lookup lookup, String name, Class<T> type, Object data) {
        try {
            MethodHandles.Lookup variant =
                    lookup.defineHiddenClassWithClassData(classFile(lookup.lookupClass(), name), data, true);
            return type.cast(variant.findConstructor(variant.lookupClass(), MethodType.methodType(void.class))
                    .invoke());
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("the loop " + name + " cannot be made for " + data, e);
        }
    }

    /** The parameters of the variant that the lookup belongs to. */
    public static <T> T data(MethodHandles.Lookup lookup, Class<T> type) {
        try {
            return MethodHandles.classData(lookup, "_", type);
        } catch (IllegalAccessException e) {
            throw new LinkageError(lookup.lookupClass() + " is a template: it is made by Template.instantiate", e);
        }
    }

    private static byte[] classFile(Class<?> neighbour, String name) {
        try (InputStream in = neighbour.getResourceAsStream(name + ".class")) {
            if (in == null) {
                throw new LinkageError("the class file of " + name + " is missing beside " + neighbour);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the class file of " + name + " cannot be read", e);
        }
    }
}
