package dev.polyak.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The promise that every public constructor and method of a package refuses null with a NullPointerException whose
 * message is the parameter's name, unless the parameter is marked as nullable. Whatever is added to the package is held
 * to it too.
 */
public final class NullContract {
    private static final Set<String> EXCLUDED = Set.of("equals", "compareTo", "valueOf");

    private final Map<Class<?>, Object> samples = new HashMap<>();

    /** An empty contract. */
    public NullContract() {
        samples.put(boolean.class, true);
        samples.put(byte.class, (byte) 1);
        samples.put(int.class, 1);
        samples.put(long.class, 1L);
        samples.put(float.class, 0.5f);
        samples.put(double.class, 0.5);
        samples.put(String.class, "x");
        samples.put(Object.class, "x");
        samples.put(List.class, List.of());
        samples.put(Map.class, Map.of());
        samples.put(Set.class, Set.of());
        samples.put(Optional.class, Optional.empty());
        samples.put(Path.class, Path.of("x"));
    }

    /** Gives an object of a type, on which its methods are called and which is passed where one is asked for. */
    public <T> NullContract sample(Class<T> type, T object) {
        samples.put(type, object);
        return this;
    }

    /**
     * What a package does with nulls that it should not, a line for each parameter; of the classes beside a given one.
     */
    public List<String> violations(Class<?> oneOfThePackage) {
        List<String> violations = new ArrayList<>();
        for (Class<?> type : publicTypes(oneOfThePackage)) {
            Stream<Executable> calls = Stream.concat(
                    Stream.<Executable>of(type.getConstructors()), Stream.<Executable>of(type.getDeclaredMethods()));
            calls.filter(call -> isAsked(call, type)).forEach(call -> check(call, type, violations));
        }
        return violations;
    }

    private static boolean isAsked(Executable call, Class<?> type) {
        return Modifier.isPublic(call.getModifiers())
                && !call.isSynthetic()
                && !EXCLUDED.contains(call.getName())
                // What users implement is theirs, but a sealed type's methods are the library's.
                && (!Modifier.isAbstract(call.getModifiers()) || type.isSealed());
    }

    private void check(Executable call, Class<?> type, List<String> violations) {
        Parameter[] parameters = call.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i].getType().isPrimitive() || isNullable(parameters[i], call, i)) {
                continue;
            }
            String name = type.getSimpleName() + "." + call.getName() + "(" + parameters[i].getName() + ")";
            Object self = samples.get(type);
            if (call instanceof Method && !Modifier.isStatic(call.getModifiers()) && self == null) {
                if (type.isEnum()) {
                    self = type.getEnumConstants()[0];
                } else {
                    violations.add(name + ": give a sample of " + type.getName());
                    continue;
                }
            }
            try {
                @Nullable Object[] arguments = new @Nullable Object[parameters.length];
                for (int j = 0; j < arguments.length; j++) {
                    arguments[j] = j == i ? null : sampleOf(parameters[j].getType());
                }
                call(call, self, arguments);
                violations.add(name + ": null is accepted");
            } catch (InvocationTargetException e) {
                Throwable thrown = e.getCause();
                if (!(thrown instanceof NullPointerException)
                        || !parameters[i].getName().equals(thrown.getMessage())) {
                    violations.add(name + ": " + thrown);
                }
            } catch (ReflectiveOperationException | IllegalStateException e) {
                violations.add(name + ": " + e);
            }
        }
    }

    private static void call(Executable call, @Nullable Object self, @Nullable Object[] arguments)
            throws ReflectiveOperationException {
        if (call instanceof Constructor<?> constructor) {
            constructor.newInstance(arguments);
        } else {
            ((Method) call).invoke(self, arguments);
        }
    }

    private Object sampleOf(Class<?> type) {
        Object known = samples.get(type);
        if (known != null) {
            return known;
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        } else if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        } else if (type.isInterface() && !type.isSealed()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
            });
        }
        throw new IllegalStateException("give a sample of " + type.getName());
    }

    private static boolean isNullable(Parameter parameter, Executable call, int index) {
        return isNullable(parameter) || isNullable(call.getAnnotatedParameterTypes()[index]);
    }

    private static boolean isNullable(AnnotatedElement element) {
        return Stream.of(element.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static List<Class<?>> publicTypes(Class<?> beside) {
        try {
            Path classes = Path.of(
                    beside.getProtectionDomain().getCodeSource().getLocation().toURI());
            List<Class<?>> types = new ArrayList<>();
            try (Stream<Path> files =
                    Files.list(classes.resolve(beside.getPackageName().replace('.', '/')))) {
                for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                        Class<?> type = Class.forName(
                                beside.getPackageName() + "." + name.substring(0, name.length() - ".class".length()),
                                false,
                                beside.getClassLoader());
                        if (isPublic(type)) {
                            types.add(type);
                        }
                    }
                }
            }
            return types;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isPublic(@Nullable Class<?> type) {
        return type == null
                || (Modifier.isPublic(type.getModifiers())
                        && !type.isAnonymousClass()
                        && isPublic(type.getEnclosingClass()));
    }
}
