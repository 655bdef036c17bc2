// From a type that a row names to code that was compiled for it.
#pragma once

#include "elements.h"

// A type that is known when this is compiled, as an argument.
template <Type T>
struct Known {
    __device__ constexpr operator Type() const {
        return T;
    }
};

// work(type), for a floating-point type.
template <class Work>
__device__ __forceinline__ auto withFloat(Type type, Work work) {
    switch (type) {
        case F32:
            return work(Known<F32>());
        case F64:
            return work(Known<F64>());
        case BF16:
            return work(Known<BF16>());
        default:
            return work(Known<F16>());
    }
}

// work(type), for an integer type.
template <class Work>
__device__ __forceinline__ auto withInteger(Type type, Work work) {
    switch (type) {
        case I8:
            return work(Known<I8>());
        case U8:
            return work(Known<U8>());
        case I16:
            return work(Known<I16>());
        case U16:
            return work(Known<U16>());
        case I32:
            return work(Known<I32>());
        case U32:
            return work(Known<U32>());
        case I64:
            return work(Known<I64>());
        default:
            return work(Known<U64>());
    }
}

__device__ inline uint32_t bytesOf(Type type) {
    switch (type) {
        case F64:
        case I64:
        case U64:
            return 8;
        case F32:
        case I32:
        case U32:
            return 4;
        case BF16:
        case F16:
        case I16:
        case U16:
            return 2;
        default:
            return 1;
    }
}
