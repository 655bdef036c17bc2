// The kernels. Each has one argument, a structure of work.h, and is launched with THREADS threads a block and a block for
// each chunk of the table. Elements are independent: no shared memory, nothing between threads but sums.
#include "updates.h"

// Eight blocks a multiprocessor leave a thread 64 registers, which suffice for every pair of types. Left alone, the
// compiler takes more, and then fewer threads read at once. A thread's count does not come near 2^32.
extern "C" __global__ void __launch_bounds__(THREADS, 8) polyak_update(const __grid_constant__ Update update) {
    uint32_t left = apply(update, ChunkView(update.table, blockIdx.x));
    if (left > 0) {
        add(update.left, left);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_swap(const __grid_constant__ Swap swap) {
    ChunkView chunk(swap.table, blockIdx.x);
    uint32_t bytes = chunk.count * bytesOf(chunk.row.averageType);
    forEachRound<GROUP_OF<BYTES>>(chunk.average | chunk.source, bytes, [&](auto round) {
        auto averages = read<BYTES>(round, chunk.average);
        auto sources = read<BYTES>(round, chunk.source);
        write(round, chunk.average, sources);
        write(round, chunk.source, averages);
    });
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_zero(const __grid_constant__ Zero zero) {
    ChunkView chunk(zero.table, blockIdx.x);
    if (chunk.row.treatment[zero.which] == AVERAGE) {
        uint64_t average = chunk.average + zero.delta;
        uint32_t bytes = chunk.count * bytesOf(chunk.row.averageType);
        forEachRound<GROUP_OF<BYTES>>(average, bytes, [&](auto round) {
            write(round, average, Fragment<BYTES, round.GROUP>());
        });
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_divide(const __grid_constant__ Divide divide) {
    ChunkView chunk(divide.table, blockIdx.x);
    if (chunk.row.treatment[0] == AVERAGE) {
        withFloat(chunk.row.averageType, [&](auto t) {
            forEachRound<GROUP_OF<t>>(chunk.average, chunk.count, [&](auto round) {
                auto averages = read<t>(round, chunk.average);
                divideBy(divide.divisor, averages);
                write(round, chunk.average, averages);
            });
        });
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_scan(const __grid_constant__ Scan scan) {
    ChunkView chunk(scan.table, blockIdx.x);
    if (chunk.row.treatment[scan.which] == AVERAGE) {
        uint32_t found = 0;
        withFloat(chunk.row.sourceType, [&](auto t) {
            forEachRound<GROUP_OF<t>>(chunk.source, chunk.count, [&](auto round) {
                found += __popc(nonFinite(read<t>(round, chunk.source)));
            });
        });
        if (found > 0) {
            add(&scan.found[0], found);
            scan.found[1] = chunk.row.tensor;
        }
    }
}
