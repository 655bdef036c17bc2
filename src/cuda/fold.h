// What an update does to a piece: for all averages that share the reading of its source.
#pragma once

#include "orders.h"
#include "pieces.h"

// Which averages a call copies a row to, and into which it mixes it: bit j is for average j.
struct Plan {
    uint32_t copies = 0;
    uint32_t mixes = 0;

    __device__ Plan(const Update& update, const Row& row) {
        for (uint32_t j = 0; j < update.averages; j++) {
            uint32_t call = update.average[j].call;
            Treatment treatment = row.treatment[j];
            bool averaged = treatment == AVERAGE || treatment == TRUNCATE;
            bool copied = treatment == COPY ? call & ACTS : treatment != LEAVE && call & COPIES;
            copies |= uint32_t{copied} << j;
            mixes |= uint32_t{averaged && call & UPDATES} << j;
        }
    }
};

// All bits of a piece's addresses.
__device__ inline uint64_t addressesOf(const Update& update, const Piece& piece) {
    uint64_t addresses = piece.source;
    for (uint32_t j = 0; j < update.averages; j++) {
        addresses |= piece.average + update.average[j].delta;
    }
    return addresses;
}

// Copies between equal types.
__device__ inline void copy(const Update& update, Plan plan, const Piece& piece) {
    uint32_t bytes = piece.count * bytesOf(piece.row.averageType);
    forEachRound<GROUP_OF<BYTES>>(addressesOf(update, piece), bytes, [&](auto round) {
        auto sources = read<BYTES>(round, piece.source);
        for (uint32_t j = 0; j < update.averages; j++) {
            if (plan.copies >> j & 1) {
                write(round, piece.average + update.average[j].delta, sources);
            }
        }
    });
}

// Copies and mixes. Returns how many elements of averages were to stay, since the source's are infinite or no numbers.
template <Type E, Type P>
__device__ __forceinline__ uint32_t fold(const Update& update, Plan plan, const Piece& piece) {
    uint32_t stayed = 0;
    forEachRound<GROUP_OF<E, P>>(addressesOf(update, piece), piece.count, [&](auto round) {
        auto shared = read<P>(round, piece.source);
        for (uint32_t j = 0; j < update.averages; j++) {
            uint64_t address = piece.average + update.average[j].delta;
            bool copies = plan.copies >> j & 1;
            bool mixes = plan.mixes >> j & 1;
            if (copies || mixes) {
                // What is copied is rare, and in a cache: to read it again saves registers.
                auto averages = copies ? converted<E>(read<P>(round, piece.source)) : read<E>(round, address);
                if (mixes) {
                    auto sources = shared.opaque();
                    uint32_t stay = update.finiteOnly ? nonFinite(sources) : 0;
                    mix(update.average[j], averages, sources, stay);
                    stayed += __popc(stay);
                }
                write(round, address, averages);
            }
        }
    });
    return stayed;
}

// Any piece: the code for each pair of types is in one kernel, since one launch is for all tensors.
__device__ __forceinline__ uint32_t fold(const Update& update, const Piece& piece) {
    Plan plan(update, piece.row);
    Type average = piece.row.averageType;
    Type source = piece.row.sourceType;
    if (!plan.mixes && average == source) {
        copy(update, plan, piece);
        return 0;
    }
    if (!isFloat(average)) {
        return withInteger(average, [&](auto t) { return fold<t, t>(update, plan, piece); });
    }
    return withFloat(average, [&](auto e) {
        return withFloat(source, [&](auto p) { return fold<e, p>(update, plan, piece); });
    });
}
