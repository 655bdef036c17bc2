// The formulas by which a source updates an average: orders of floating-point operations, in the bits of the library's
// CPU backends (dev.polyak.internal.kernel.UpdateKernel and Step). Nothing is fused but what is called so here: this
// must be compiled without contraction.
#pragma once

#include "fragments.h"

// Bit i: element i is infinite or no number.
template <Type T, int GROUP>
__device__ inline uint32_t nonFinite(const Fragment<T, GROUP>& fragment) {
    uint32_t bits = 0;
    UNROLLED
    for (int i = 0; i < fragment.SIZE; i++) {
        bits |= uint32_t{!isFinite<T>(fragment.get(i))} << i;
    }
    return bits;
}

// e ← step(e, p) for each element, but for those whose bit is set in stay.
template <Type E, Type P, int GROUP, class Step>
__device__ inline void applyEach(
        Fragment<E, GROUP>& averages, const Fragment<P, GROUP>& sources, uint32_t stay, Step step) {
    UNROLLED
    for (int i = 0; i < averages.SIZE; i++) {
        Raw<E> e = averages.get(i);
        Computed<E, P> updated = step(Element<E>::value(e), Element<P>::value(sources.get(i)));
        averages.set(i, stay >> i & 1 ? e : Element<E>::raw(updated));
    }
}

// Updates averages by their formula and scalars. If the average is narrower than the arithmetic, each operation is
// rounded whose result PyTorch would store, and a factor that PyTorch passes as alpha. Integers have two formulas.
template <Type E, Type P, int GROUP>
__device__ inline void applyFormula(
        const Average& by, Fragment<E, GROUP>& averages, const Fragment<P, GROUP>& sources, uint32_t stay) {
    using T = Computed<E, P>;
    using R = Element<E>;
    T weight = static_cast<T>(by.weight);
    T decay = static_cast<T>(by.decay);
    T divisor = static_cast<T>(by.divisor);
    T alpha = R::round(weight);
    auto each = [&](auto step) { applyEach(averages, sources, stay, step); };
    auto blend = [=](T e, T p) { return R::round(e * decay) + R::round(p * weight); };
    auto mean = [=](T e, T p) { return e + R::round(quotient(R::round(p - e), divisor)); };
    if constexpr (!isFloat(E)) {
        return by.formula == MEAN ? each(mean) : each(blend);
    }
    switch (by.formula) {
        case LERP:
            return weight > T(-0.5) && weight < T(0.5)
                    ? each([=](T e, T p) { return fused(p - e, weight, e); })
                    : each([=](T e, T p) { return fused(p - e, weight - 1, p); });
        case MUL_ADD:
            return each([=](T e, T p) { return fused(p, alpha, R::round(e * decay)); });
        case BLEND:
            return each(blend);
        case STEP_BACK:
            return each([=](T e, T p) { return e - R::round(R::round(e - p) * weight); });
        case STEP_BACK_FUSED:
            return each([=](T e, T p) { return fused(R::round(e - p), -alpha, e); });
        case TOWARDS:
            return each([=](T e, T p) { return fused(R::round(p - e), alpha, e); });
        case MEAN:
            return each(mean);
    }
}

// Divides elements by a number, rounded once.
template <Type E, int GROUP>
__device__ inline void divideBy(double number, Fragment<E, GROUP>& averages) {
    typename Element<E>::Value divisor = number;
    UNROLLED
    for (int i = 0; i < averages.SIZE; i++) {
        averages.set(i, Element<E>::raw(quotient(Element<E>::value(averages.get(i)), divisor)));
    }
}
