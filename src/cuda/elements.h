// The types of elements: what lies in memory, which number that is, and how a number is rounded to it. The definition
// is dev.polyak.internal.kernel.Element, and dev.polyak.internal.kernel.IntegerAverage for integers.
#pragma once

#include "device.h"
#include "work.h"

template <Type>
struct Element;

template <Type T>
using Raw = typename Element<T>::Raw;

// Arithmetic is in binary64 if one of the types is, else in binary32.
template <Type E, Type P>
using Computed = decltype(typename Element<E>::Value() + typename Element<P>::Value());

// Types as wide as the arithmetic: a result between two operations is not rounded further.
struct Wide {
    template <class V>
    __device__ static V round(V value) {
        return value;
    }
};

template <>
struct Element<F32> : Wide {
    using Raw = uint32_t;
    using Value = float;
    static constexpr Raw INFINITE = 0x7f800000;

    __device__ static float value(Raw raw) {
        return floatOf(raw);
    }

    __device__ static Raw raw(float value) {
        return bitsOf(value);
    }

    __device__ static Raw raw(double value) {
        return bitsOf(static_cast<float>(value));
    }
};

template <>
struct Element<F64> : Wide {
    using Raw = uint64_t;
    using Value = double;
    static constexpr Raw INFINITE = 0x7ff0000000000000;

    __device__ static double value(Raw raw) {
        return doubleOf(raw);
    }

    __device__ static Raw raw(double value) {
        return bitsOf(value);
    }
};

// Rounds to odd: an inexact value goes to that neighbour whose last bit is 1. A further rounding to nearest, to a type
// with at least two bits less, then gives what one rounding would have given.
__device__ inline float toOdd(double value) {
    float nearer = __double2float_rz(value);
    return nearer == value ? nearer : floatOf(bitsOf(nearer) | 1);
}

// 16 bits: values are computed in a wider type and rounded at the store.
template <class Self>
struct Narrow {
    using Raw = uint16_t;
    using Value = float;

    __device__ static Raw raw(double value) {
        return Self::raw(toOdd(value));
    }

    __device__ static float round(float value) {
        return Self::value(Self::raw(value));
    }

    // Where the arithmetic is in binary64, only the result is rounded.
    __device__ static double round(double value) {
        return value;
    }
};

template <>
struct Element<BF16> : Narrow<Element<BF16>> {
    using Narrow::raw;
    static constexpr Raw INFINITE = 0x7f80;

    __device__ static float value(Raw raw) {
        return floatOf(static_cast<uint32_t>(raw) << 16);
    }

    __device__ static Raw raw(float value) {
        uint32_t bits = bitsOf(value);
        // Half of the last place kept, less one if that place is even; a NaN must not be rounded up into an infinity.
        return (value != value ? bits | 0x400000 : bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    }
};

template <>
struct Element<F16> : Narrow<Element<F16>> {
    using Narrow::raw;
    static constexpr Raw INFINITE = 0x7c00;

    __device__ static float value(Raw raw) {
        return fromHalf(raw);
    }

    __device__ static Raw raw(float value) {
        return toHalf(value);
    }
};

// Truncates toward zero as Java does: NaN becomes 0, and what is too large the largest number there is.
__device__ inline int64_t truncated(float value) {
    if (value != value) {
        return 0;
    }
    return value >= 0x1p63f ? INT64_MAX : value < -0x1p63f ? INT64_MIN : static_cast<int64_t>(value);
}

// Integers are computed in binary32; a result beyond their range wraps around.
template <class Integer>
struct Whole : Wide {
    using Raw = Integer;
    using Value = float;

    __device__ static float value(Raw raw) {
        return static_cast<float>(raw);
    }

    __device__ static Raw raw(float value) {
        return static_cast<Raw>(truncated(value));
    }
};

template <>
struct Element<I8> : Whole<int8_t> {};

template <>
struct Element<U8> : Whole<uint8_t> {};

template <>
struct Element<I16> : Whole<int16_t> {};

template <>
struct Element<U16> : Whole<uint16_t> {};

template <>
struct Element<I32> : Whole<int32_t> {};

template <>
struct Element<U32> : Whole<uint32_t> {};

template <>
struct Element<I64> : Whole<int64_t> {};

template <>
struct Element<U64> : Whole<uint64_t> {
    __device__ static Raw raw(float value) {
        // The upper half of its numbers lies beyond those that truncated() knows.
        return value >= 0x1p63f ? static_cast<Raw>(truncated(value - 0x1p63f)) + (Raw{1} << 63) : truncated(value);
    }
};

template <>
struct Element<BYTES> {
    using Raw = uint8_t;
};

__device__ constexpr bool isFloat(Type type) {
    return type <= F16;
}

template <Type T>
__device__ inline bool isFinite(Raw<T> raw) {
    if constexpr (isFloat(T)) {
        // Shifted left, the sign is gone.
        return static_cast<Raw<T>>(raw << 1) < static_cast<Raw<T>>(Element<T>::INFINITE << 1);
    } else {
        return true;
    }
}
