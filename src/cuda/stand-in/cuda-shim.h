// What device.h needs of CUDA, for a host: a thread of the host plays the device's threads one after the other. It sets
// the indices, then calls the kernel like any function. To be compiled without contraction of a * b + c.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __global__
#define __grid_constant__
#define __launch_bounds__(...)

#define UNROLLED
#define ROLLED

struct Index {
    uint32_t x;
};

inline thread_local Index threadIdx;
inline thread_local Index blockIdx;

inline float __fmaf_rn(float a, float b, float c) {
    return fmaf(a, b, c);
}

inline double __fma_rn(double a, double b, double c) {
    return fma(a, b, c);
}

inline float __fdiv_rn(float a, float b) {
    return a / b;
}

inline double __ddiv_rn(double a, double b) {
    return a / b;
}

template <class To, class From>
inline To sameBits(From from) {
    static_assert(sizeof(To) == sizeof(From), "numbers of the same size have the same bits");
    To to;
    memcpy(&to, &from, sizeof(to));
    return to;
}

inline uint32_t __float_as_uint(float value) {
    return sameBits<uint32_t>(value);
}

inline float __uint_as_float(uint32_t bits) {
    return sameBits<float>(bits);
}

inline int64_t __double_as_longlong(double value) {
    return sameBits<int64_t>(value);
}

inline double __longlong_as_double(int64_t bits) {
    return sameBits<double>(bits);
}

// Rounds toward zero: to the nearest, and one step back if that is farther from zero.
inline float __double2float_rz(double value) {
    float nearest = static_cast<float>(value);
    return fabs(static_cast<double>(nearest)) > fabs(value) ? __uint_as_float(__float_as_uint(nearest) - 1) : nearest;
}

inline int __popc(uint32_t bits) {
    return __builtin_popcount(bits);
}

inline unsigned long long atomicAdd(unsigned long long* sum, unsigned long long count) {
    return __atomic_fetch_add(sum, count, __ATOMIC_RELAXED);
}

inline uint16_t toHalf(float value) {
    return sameBits<uint16_t>(static_cast<_Float16>(value));
}

inline float fromHalf(uint16_t bits) {
    return sameBits<_Float16>(bits);
}

template <class Number>
inline Number opaque(Number number) {
    return number;
}

template <class T>
inline T* at(uint64_t address) {
    return reinterpret_cast<T*>(address);
}
