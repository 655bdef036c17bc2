package dev.polyak.checkpoint;

import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Layouts and metadata of every kind that the format can express. */
final class Layouts extends DomainContextBase {

    @Provide
    Arbitrary<ParameterLayout> layouts() {
        Arbitrary<TensorSpec> tensor = Combinators.combine(
                        text(),
                        Arbitraries.of(DType.class),
                        Arbitraries.longs().between(0, 5).list().ofMaxSize(4),
                        Arbitraries.of(Role.class))
                .as(Layouts::tensor);
        Arbitrary<List<TensorSpec>> tensors =
                tensor.list().uniqueElements(TensorSpec::name).ofMaxSize(12);
        return Combinators.combine(tensors, Arbitraries.randomValue(Random::nextLong))
                .as(Layouts::layout);
    }

    @Provide
    Arbitrary<Map<String, String>> metadata() {
        return Arbitraries.maps(text(), text()).ofMaxSize(4);
    }

    static ParameterStore filled(ParameterLayout layout, Random random) {
        HostStore store = ParameterStore.allocate(layout);
        for (int i = 0; i < layout.size(); i++) {
            byte[] bytes = new byte[(int) layout.tensor(i).bytes()];
            random.nextBytes(bytes);
            store.segment(i).copyFrom(MemorySegment.ofArray(bytes));
        }
        return store;
    }

    private static Arbitrary<String> text() {
        Arbitrary<Character> plain = Arbitraries.chars().ascii();
        Arbitrary<Character> any = Arbitraries.chars().filter(c -> !Character.isSurrogate(c));
        return Arbitraries.oneOf(
                plain.list().ofMaxSize(12).map(Layouts::join),
                any.list().ofMaxSize(5).map(Layouts::join),
                Arbitraries.of("\ud83d\ude00", "conv.weight", "__metadata", "a\"b\\c", "\u0000"));
    }

    private static String join(List<Character> characters) {
        StringBuilder text = new StringBuilder();
        characters.forEach(text::append);
        return text.toString();
    }

    private static TensorSpec tensor(String name, DType dtype, List<Long> shape, Role role) {
        List<Long> sizes = new ArrayList<>(shape);
        if (dtype.bits() % 8 != 0) {
            sizes.add(4L); // whole bytes
        }
        return new TensorSpec(name, dtype, sizes, role);
    }

    private static ParameterLayout layout(List<TensorSpec> tensors, long seed) {
        Random random = new Random(seed);
        ParameterLayout.Builder layout = ParameterLayout.builder();
        for (int i = 0; i < tensors.size(); i++) {
            if (i > 0 && random.nextInt(4) == 0) {
                layout.tied(
                        tensors.get(i).name(), tensors.get(random.nextInt(i)).name());
            } else {
                layout.add(tensors.get(i));
            }
        }
        return layout.build();
    }
}
