package dev.polyak.checkpoint.internal;

import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * The floating-point types in which a saved average was kept.
 *
 * @param own whether every tensor was kept in its model's type
 * @param types the types of the file
 */
public record KeptTypes(boolean own, Set<DType> types) {

    /** Compares the tensors of a model with those of a file, where the file has them. */
    public static KeptTypes of(ParameterLayout model, ParameterLayout saved, IntUnaryOperator savedAs) {
        Set<DType> types = EnumSet.noneOf(DType.class);
        boolean own = true;
        for (int i = 0; i < model.size(); i++) {
            int there = savedAs.applyAsInt(i);
            DType type = model.tensor(i).dtype();
            if (there >= 0 && type.isFloat()) {
                types.add(saved.tensor(there).dtype());
                own &= type == saved.tensor(there).dtype();
            }
        }
        return new KeptTypes(own, types);
    }

    /** Whether an average can be kept so: in its model's types, or in one. */
    public boolean isPossible() {
        return own || types.size() == 1;
    }

    /** The one type; none if every tensor is kept in its own. */
    public Optional<DType> one() {
        return own ? Optional.empty() : Optional.of(types.iterator().next());
    }
}
