/*
 * The ceiling: e += w * (p - e), fused, for |w| < 1/2, as a C programmer writes it for this machine's widest vectors.
 * Built with -O3 -march=native -fopenmp; threads share the elements evenly.
 */
#include <math.h>
#include <stdint.h>

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__) && defined(__F16C__))
#include <immintrin.h>
#endif

#if defined(__AVX512F__)

#define VECTORS "AVX-512"
enum { LANES = 16 };

static inline __m512 load_f32(const float *p) { return _mm512_loadu_ps(p); }

static inline __m512 load_bf16(const uint16_t *p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p)), 16));
}

static inline __m512 load_f16(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

static inline void lerp_lanes(float *e, __m512 p, float w) {
    __m512 average = _mm512_loadu_ps(e);
    _mm512_storeu_ps(e, _mm512_fmadd_ps(_mm512_sub_ps(p, average), _mm512_set1_ps(w), average));
}

#elif defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)

#define VECTORS "AVX2"
enum { LANES = 8 };

static inline __m256 load_f32(const float *p) { return _mm256_loadu_ps(p); }

static inline __m256 load_bf16(const uint16_t *p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p)), 16));
}

static inline __m256 load_f16(const uint16_t *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }

static inline void lerp_lanes(float *e, __m256 p, float w) {
    __m256 average = _mm256_loadu_ps(e);
    _mm256_storeu_ps(e, _mm256_fmadd_ps(_mm256_sub_ps(p, average), _mm256_set1_ps(w), average));
}

#endif

static inline float value_f32(float p) { return p; }

static inline float value_bf16(uint16_t p) {
    union {
        uint32_t bits;
        float value;
    } wide = {(uint32_t)p << 16};
    return wide.value;
}

static inline float value_f16(uint16_t p) {
    union {
        uint16_t bits;
        _Float16 value;
    } narrow = {p};
    return narrow.value;
}

#ifdef VECTORS
#define WHOLE_VECTORS(load)                       \
    for (; i + LANES <= to; i += LANES) {         \
        lerp_lanes(e + i, load(p + i), w);        \
    }
#else
#define VECTORS "whatever the compiler makes of a plain loop"
#define WHOLE_VECTORS(load)
#endif

/* The fewest elements that are worth waking a thread for. */
enum { WORTHWHILE = 1 << 17 };

/* A loop for one type of source, over n elements cut into as many parts, at multiples of a cache line, as there are threads. */
#define LERP(type, source)                                                                               \
    static void lerp_##type##_range(float *e, const source *p, float w, int64_t i, int64_t to) {         \
        WHOLE_VECTORS(load_##type)                                                                       \
        for (; i < to; i++) {                                                                            \
            e[i] = fmaf(value_##type(p[i]) - e[i], w, e[i]);                                             \
        }                                                                                                \
    }                                                                                                    \
                                                                                                         \
    void polyak_lerp_##type(float *e, const source *p, float w, int64_t n, int threads) {                \
        if (threads == 1 || n < WORTHWHILE) {                                                            \
            lerp_##type##_range(e, p, w, 0, n);                                                          \
            return;                                                                                      \
        }                                                                                                \
        int64_t part = ((n + threads - 1) / threads + 63) / 64 * 64;                                     \
        _Pragma("omp parallel for num_threads(threads) schedule(static, 1)")                             \
        for (int64_t from = 0; from < n; from += part) {                                                 \
            lerp_##type##_range(e, p, w, from, from + part < n ? from + part : n);                       \
        }                                                                                                \
    }

LERP(f32, float)
LERP(bf16, uint16_t)
LERP(f16, uint16_t)

/* Which instructions the loops use. */
const char *polyak_vectors(void) { return VECTORS; }
