package dev.polyak.tensor;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;

/**
 * What is known of a tensor without its numbers.
 *
 * @param name the name within the model, such as {@code "conv.weight"}
 * @param dtype element type
 * @param shape sizes of the dimensions, outermost first; empty for a scalar
 * @param role parameter or buffer
 */
public record TensorSpec(String name, DType dtype, List<Long> shape, Role role) {

    /**
     * Checks the components.
     *
     * @param name the name
     * @param dtype element type
     * @param shape sizes of the dimensions
     * @param role parameter or buffer
     * @throws IllegalArgumentException if a size is negative, or the tensor is larger than memory can be
     */
    public TensorSpec {
        requireNonNull(name, "name");
        requireNonNull(dtype, "dtype");
        requireNonNull(shape, "shape");
        requireNonNull(role, "role");
        shape = List.copyOf(shape);
        dtype.bytes(elements(name, shape));
    }

    /**
     * A parameter.
     *
     * @param name the name within the model
     * @param dtype element type
     * @param shape sizes of the dimensions, outermost first; none for a scalar
     * @return the spec
     * @throws IllegalArgumentException as the constructor says
     */
    public static TensorSpec parameter(String name, DType dtype, long... shape) {
        requireNonNull(name, "name");
        requireNonNull(dtype, "dtype");
        requireNonNull(shape, "shape");
        return new TensorSpec(name, dtype, Arrays.stream(shape).boxed().toList(), Role.PARAMETER);
    }

    /**
     * A buffer.
     *
     * @param name the name within the model
     * @param dtype element type
     * @param shape sizes of the dimensions, outermost first; none for a scalar
     * @return the spec
     * @throws IllegalArgumentException as the constructor says
     */
    public static TensorSpec buffer(String name, DType dtype, long... shape) {
        requireNonNull(name, "name");
        requireNonNull(dtype, "dtype");
        requireNonNull(shape, "shape");
        return new TensorSpec(name, dtype, Arrays.stream(shape).boxed().toList(), Role.BUFFER);
    }

    /**
     * Number of elements.
     *
     * @return the product of the shape; 1 for a scalar
     */
    public long elements() {
        return elements(name, shape);
    }

    /**
     * Memory that the elements take.
     *
     * @return bytes
     */
    public long bytes() {
        return dtype.bytes(elements());
    }

    /**
     * The same tensor in another element type.
     *
     * @param other the type
     * @return the spec
     */
    public TensorSpec as(DType other) {
        requireNonNull(other, "other");
        return other == dtype ? this : new TensorSpec(name, other, shape, role);
    }

    /**
     * The same tensor in another role.
     *
     * @param other the role
     * @return the spec
     */
    public TensorSpec as(Role other) {
        requireNonNull(other, "other");
        return other == role ? this : new TensorSpec(name, dtype, shape, other);
    }

    /** Name, type and shape, as in {@code conv.weight F32 [7, 5, 3, 3]}. */
    @Override
    public String toString() {
        return name + " " + dtype + " " + shape;
    }

    private static long elements(String name, List<Long> shape) {
        if (shape.contains(0L)) { // before the product, which may overflow on the way to its zero
            shape.forEach(size -> checkSize(name, shape, size));
            return 0;
        }
        long product = 1;
        for (long size : shape) {
            checkSize(name, shape, size);
            try {
                product = Math.multiplyExact(product, size);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' has shape " + shape + ", more elements than memory can hold", e);
            }
        }
        return product;
    }

    private static void checkSize(String name, List<Long> shape, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("tensor '" + name + "' has shape " + shape + " with a negative size");
        }
    }
}
