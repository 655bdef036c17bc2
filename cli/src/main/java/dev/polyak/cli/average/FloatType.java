package dev.polyak.cli.average;

import dev.polyak.cli.console.EnumOption;
import dev.polyak.tensor.DType;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A floating-point type by its name in lower case, or {@code keep} for none. */
record FloatType(@Nullable DType dtype) {
    static final FloatType KEEP = new FloatType(null);
    static final FloatType DOUBLE = new FloatType(DType.F64);

    Optional<DType> chosen() {
        return Optional.ofNullable(dtype);
    }

    /** Whether a value of the other type may not fit in this one. Nothing is known of what is kept. */
    boolean isNarrowerThan(FloatType other) {
        return dtype != null && other.dtype != null && dtype.bits() < other.dtype.bits();
    }

    @Override
    public String toString() {
        return dtype == null ? "keep" : dtype.name().toLowerCase(Locale.ROOT);
    }

    /** Those in which an average can be kept. */
    static final class Kept extends EnumOption<FloatType> {
        Kept() {
            super(
                    FloatType::toString,
                    KEEP,
                    new FloatType(DType.F32),
                    new FloatType(DType.F64),
                    new FloatType(DType.BF16),
                    new FloatType(DType.F16));
        }
    }

    /** Those in which it pays to accumulate. */
    static final class Accumulated extends EnumOption<FloatType> {
        Accumulated() {
            super(FloatType::toString, new FloatType(DType.F32), new FloatType(DType.F64));
        }
    }
}
