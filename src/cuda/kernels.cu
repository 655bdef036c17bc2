// The kernels. Each has one argument, a structure of work.h, and is launched with THREADS threads a block and a block for
// each chunk of the table. Elements are independent: no shared memory, nothing between threads but sums.
#include "fold.h"

// Eight blocks a multiprocessor leave a thread 64 registers, which suffice for every pair of types. Left alone, the
// compiler takes more, and then fewer threads read at once. A thread's count does not come near 2^32.
extern "C" __global__ void __launch_bounds__(THREADS, 8) polyak_update(const __grid_constant__ Update update) {
    uint32_t left = fold(update, Piece(update.table, blockIdx.x));
    if (left > 0) {
        add(update.left, left);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_swap(const __grid_constant__ Swap swap) {
    Piece piece(swap.table, blockIdx.x);
    uint32_t bytes = piece.count * bytesOf(piece.row.averageType);
    forEachRound<GROUP_OF<BYTES>>(piece.average | piece.source, bytes, [&](auto round) {
        auto averages = read<BYTES>(round, piece.average);
        auto sources = read<BYTES>(round, piece.source);
        write(round, piece.average, sources);
        write(round, piece.source, averages);
    });
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_zero(const __grid_constant__ Zero zero) {
    Piece piece(zero.table, blockIdx.x);
    if (piece.row.treatment[zero.which] == AVERAGE) {
        uint64_t average = piece.average + zero.delta;
        uint32_t bytes = piece.count * bytesOf(piece.row.averageType);
        forEachRound<GROUP_OF<BYTES>>(average, bytes, [&](auto round) {
            write(round, average, Batch<BYTES, round.GROUP>());
        });
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_divide(const __grid_constant__ Divide divide) {
    Piece piece(divide.table, blockIdx.x);
    if (piece.row.treatment[0] == AVERAGE) {
        withFloat(piece.row.averageType, [&](auto t) {
            forEachRound<GROUP_OF<t>>(piece.average, piece.count, [&](auto round) {
                auto averages = read<t>(round, piece.average);
                divideBy(divide.divisor, averages);
                write(round, piece.average, averages);
            });
        });
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_scan(const __grid_constant__ Scan scan) {
    Piece piece(scan.table, blockIdx.x);
    if (piece.row.treatment[scan.which] == AVERAGE) {
        uint32_t found = 0;
        withFloat(piece.row.sourceType, [&](auto t) {
            forEachRound<GROUP_OF<t>>(piece.source, piece.count, [&](auto round) {
                found += __popc(nonFinite(read<t>(round, piece.source)));
            });
        });
        if (found > 0) {
            add(&scan.found[0], found);
            scan.found[1] = piece.row.tensor;
        }
    }
}
