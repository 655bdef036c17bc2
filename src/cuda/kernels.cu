// The kernels. Each has one argument, a structure of work.h, and is launched with THREADS threads a block and as many
// blocks as the device holds at once. Elements are independent: no shared memory, nothing between threads but sums.
#include "fold.h"

// Four blocks a multiprocessor leave a thread 64 registers, which suffice for every pair of types. Left alone, the
// compiler takes more, and then fewer threads read at once. A thread's count does not come near 2^32.
extern "C" __global__ void __launch_bounds__(THREADS, 4) polyak_update(const __grid_constant__ Update update) {
    uint32_t left = 0;
    for (uint32_t c = blockIdx.x; c < update.table.chunkCount; c += gridDim.x) {
        left += fold(update, Piece(update.table, c));
    }
    if (left > 0) {
        add(update.left, left);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_swap(const __grid_constant__ Swap swap) {
    for (uint32_t c = blockIdx.x; c < swap.table.chunkCount; c += gridDim.x) {
        Piece piece(swap.table, c);
        uint32_t bytes = piece.count * bytesOf(piece.row.averageType);
        forEachRound<GROUP_OF<BYTES>>(piece.average | piece.source, bytes, [&](auto round) {
            auto averages = read<BYTES>(round, piece.average);
            auto sources = read<BYTES>(round, piece.source);
            write(round, piece.average, sources);
            write(round, piece.source, averages);
        });
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_zero(const __grid_constant__ Zero zero) {
    for (uint32_t c = blockIdx.x; c < zero.table.chunkCount; c += gridDim.x) {
        Piece piece(zero.table, c);
        if (piece.row.treatment[zero.which] == AVERAGE) {
            uint64_t average = piece.average + zero.delta;
            uint32_t bytes = piece.count * bytesOf(piece.row.averageType);
            forEachRound<GROUP_OF<BYTES>>(average, bytes, [&](auto round) {
                write(round, average, Batch<BYTES, round.GROUP>());
            });
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_divide(const __grid_constant__ Divide divide) {
    for (uint32_t c = blockIdx.x; c < divide.table.chunkCount; c += gridDim.x) {
        Piece piece(divide.table, c);
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
}

extern "C" __global__ void __launch_bounds__(THREADS) polyak_scan(const __grid_constant__ Scan scan) {
    uint32_t found = 0;
    for (uint32_t c = blockIdx.x; c < scan.table.chunkCount; c += gridDim.x) {
        Piece piece(scan.table, c);
        if (piece.row.treatment[scan.which] == AVERAGE) {
            uint32_t before = found;
            withFloat(piece.row.sourceType, [&](auto t) {
                forEachRound<GROUP_OF<t>>(piece.source, piece.count, [&](auto round) {
                    found += __popc(nonFinite(read<t>(round, piece.source)));
                });
            });
            if (found > before) {
                scan.found[1] = piece.row.tensor;
            }
        }
    }
    if (found > 0) {
        add(&scan.found[0], found);
    }
}
