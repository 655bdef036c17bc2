// All that the kernels use of CUDA beyond plain C++, under names that do not depend on the precision. For a host, the
// shim has the same: __device__, __forceinline__, __global__, __grid_constant__, __launch_bounds__; threadIdx.x,
// blockIdx.x; __fmaf_rn, __fma_rn, __fdiv_rn, __ddiv_rn; __float_as_uint, __uint_as_float,
// __double_as_longlong, __longlong_as_double, __double2float_rz; __popc; atomicAdd of an unsigned long long; and what
// stands up to the #else.
#pragma once

#include <stdint.h>

#ifdef __CUDACC__

// Arrays in registers need loops of which every round is code of its own; for others that is too much code.
#define UNROLLED _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")

// binary16, rounded to nearest even.
__device__ inline uint16_t toHalf(float value) {
    uint16_t bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}

__device__ inline float fromHalf(uint16_t bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}

// The same number, of which the compiler does not know that it is the same.
template <class Number>
__device__ inline Number opaque(Number number) {
    if constexpr (sizeof(Number) == 8) {
        asm volatile("" : "+l"(number));
        return number;
    } else {
        uint32_t bits = number;
        asm volatile("" : "+r"(bits));
        return static_cast<Number>(bits);
    }
}

// What lies at an address of device memory, which is reached faster than what might also be in shared or local memory.
template <class T>
__device__ inline T* at(uint64_t address) {
    return static_cast<T*>(__cvta_global_to_generic(address));
}

#else

#include "stand-in/cuda-shim.h"

#endif

// a * b + c, rounded once.
__device__ inline float fused(float a, float b, float c) {
    return __fmaf_rn(a, b, c);
}

__device__ inline double fused(double a, double b, double c) {
    return __fma_rn(a, b, c);
}

__device__ inline float quotient(float a, float b) {
    return __fdiv_rn(a, b);
}

__device__ inline double quotient(double a, double b) {
    return __ddiv_rn(a, b);
}

__device__ inline uint32_t bitsOf(float value) {
    return __float_as_uint(value);
}

__device__ inline uint64_t bitsOf(double value) {
    return __double_as_longlong(value);
}

__device__ inline float floatOf(uint32_t bits) {
    return __uint_as_float(bits);
}

__device__ inline double doubleOf(uint64_t bits) {
    return __longlong_as_double(bits);
}

__device__ inline void add(uint64_t* sum, uint64_t count) {
    atomicAdd(reinterpret_cast<unsigned long long*>(sum), static_cast<unsigned long long>(count));
}
