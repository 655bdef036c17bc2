package dev.polyak.bench.work;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tensors of a model.
 *
 * @param name such as {@code 20000x1024}, or {@code gpt2}
 * @param sizes how many elements each has
 */
public record Tensors(String name, List<Long> sizes) {
    /** GPT-2 small: 148 tensors, 124 million elements. */
    public static final Tensors GPT2 = new Tensors("gpt2", gpt2());

    private static final int WIDTH = 768;
    private static final int LAYERS = 12;
    private static final int WORDS = 50_257;
    private static final int POSITIONS = 1024;

    /** Tensors of one size. */
    public static Tensors of(int count, long elements) {
        return new Tensors(count + "x" + elements, Collections.nCopies(count, elements));
    }

    /** The tensors of a name. */
    public static Tensors parse(String name) {
        if (name.equals(GPT2.name())) {
            return GPT2;
        }
        String[] numbers = name.split("x", 2);
        return of(Integer.parseInt(numbers[0]), Long.parseLong(numbers[1]));
    }

    /** How many elements all have together. */
    public long elements() {
        return sizes.stream().mapToLong(Long::longValue).sum();
    }

    /** As parameters of a type. */
    public ParameterLayout layout(DType type) {
        return ParameterLayout.of(IntStream.range(0, sizes.size())
                .mapToObj(i -> TensorSpec.parameter("layer%06d.weight".formatted(i), type, sizes.get(i)))
                .toList());
    }

    private static List<Long> gpt2() {
        long width = WIDTH;
        List<Long> sizes = new ArrayList<>(List.of(WORDS * width, POSITIONS * width));
        for (int layer = 0; layer < LAYERS; layer++) {
            sizes.addAll(List.of(width, width)); // a norm: weight and bias
            sizes.addAll(List.of(width * 3 * width, 3 * width)); // attention, in
            sizes.addAll(List.of(width * width, width)); // attention, out
            sizes.addAll(List.of(width, width));
            sizes.addAll(List.of(width * 4 * width, 4 * width)); // feed-forward, in
            sizes.addAll(List.of(4 * width * width, width)); // feed-forward, out
        }
        sizes.addAll(List.of(width, width));
        return List.copyOf(sizes);
    }
}
