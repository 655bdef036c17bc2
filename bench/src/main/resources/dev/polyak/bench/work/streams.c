/*
 * The limits: what this machine's memory, or its caches, give to loops that do nearly nothing. After McCalpin's STREAM,
 * with one more that writes where it read, as an average does. Results that do not fit a cache go past it, so that
 * nobody reads what will be overwritten.
 */
#include <stdint.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

enum {
    LINE = 16,          /* floats of a cache line */
    CACHED = 8 << 20,   /* the most floats that may find a place in a cache */
    WORTHWHILE = 1 << 18 /* the fewest floats that are worth waking a thread for */
};

static const float SCALE = 0x1p-24f; /* so that repeating a triad overflows in nobody's life */

/* Numbers must not be left unread: the compiler would see it. */
static volatile float sink;

/* The multiples of a cache line at which a thread's part begins. */
static int64_t part_of(int64_t n, int threads) { return ((n + threads - 1) / threads + LINE - 1) / LINE * LINE; }

#define IN_PARTS(n, threads, ...)                                                        \
    if (threads == 1 || n < WORTHWHILE) {                                                                  \
        int64_t from = 0, to = n;                                                        \
        __VA_ARGS__                                                                      \
    } else {                                                                             \
        int64_t part = part_of(n, threads);                                              \
        _Pragma("omp parallel for num_threads(threads) schedule(static, 1)")             \
        for (int64_t from = 0; from < n; from += part) {                                 \
            int64_t to = from + part < n ? from + part : n;                              \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }

static void copy_range(float *to, const float *p, int64_t n, int past) {
    int64_t i = 0;
#if defined(__AVX512F__)
    if (past) {
        for (; i + LINE <= n; i += LINE) {
            _mm512_stream_ps(to + i, _mm512_loadu_ps(p + i));
        }
        _mm_sfence();
    }
#endif
    for (; i < n; i++) {
        to[i] = p[i];
    }
}

static void triad_range(float *to, const float *p, const float *q, int64_t n, int past) {
    int64_t i = 0;
#if defined(__AVX512F__)
    if (past) {
        __m512 scale = _mm512_set1_ps(SCALE);
        for (; i + LINE <= n; i += LINE) {
            _mm512_stream_ps(to + i, _mm512_fmadd_ps(scale, _mm512_loadu_ps(q + i), _mm512_loadu_ps(p + i)));
        }
        _mm_sfence();
    }
#endif
    for (; i < n; i++) {
        to[i] = p[i] + SCALE * q[i];
    }
}

static void triad_in_place_range(float *restrict e, const float *restrict p, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        e[i] += SCALE * p[i];
    }
}

static void read_range(const float *p, int64_t n) {
    float sums[8 * LINE] = {0}; /* enough that no addition waits for another */
    for (int64_t i = 0; i + 8 * LINE <= n; i += 8 * LINE) {
        for (int j = 0; j < 8 * LINE; j++) {
            sums[j] += p[i + j];
        }
    }
    float sum = 0;
    for (int j = 0; j < 8 * LINE; j++) {
        sum += sums[j];
    }
    sink = sum;
}

/* Whole cache lines of each half or third of the memory, which begins at one. */
static int64_t share(int64_t n, int parts) { return n / parts / LINE * LINE; }

void polyak_copy(float *all, int64_t n, int threads) {
    int64_t half = share(n, 2);
    IN_PARTS(half, threads, copy_range(all + from, all + half + from, to - from, n > CACHED);)
}

void polyak_triad(float *all, int64_t n, int threads) {
    int64_t third = share(n, 3);
    IN_PARTS(third, threads,
             triad_range(all + from, all + third + from, all + 2 * third + from, to - from, n > CACHED);)
}

void polyak_triad_in_place(float *all, int64_t n, int threads) {
    int64_t half = share(n, 2);
    IN_PARTS(half, threads, triad_in_place_range(all + from, all + half + from, to - from);)
}

void polyak_read(float *all, int64_t n, int threads) {
    IN_PARTS(n, threads, read_range(all + from, to - from);)
}
