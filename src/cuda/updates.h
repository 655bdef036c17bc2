// What an update does to a chunk: for all averages that share the reading of its source.
#pragma once

#include "chunks.h"
#include "formulas.h"

// Which averages a call copies a row to, and which it updates with it: bit j is for average j.
struct Plan {
    uint32_t copies = 0;
    uint32_t updates = 0;

    __device__ Plan(const Update& update, const Row& row) {
        for (uint32_t j = 0; j < update.averages; j++) {
            uint32_t call = update.average[j].call;
            Treatment treatment = row.treatment[j];
            bool averaged = treatment == AVERAGE || treatment == TRUNCATE;
            bool copied = treatment == COPY ? call & ACTS : treatment != LEAVE && call & COPIES;
            copies |= uint32_t{copied} << j;
            updates |= uint32_t{averaged && call & UPDATES} << j;
        }
    }
};

// All bits of a chunk's addresses.
__device__ inline uint64_t addressesOf(const Update& update, const ChunkView& chunk) {
    uint64_t addresses = chunk.source;
    for (uint32_t j = 0; j < update.averages; j++) {
        addresses |= chunk.average + update.average[j].delta;
    }
    return addresses;
}

// Copies between equal types.
__device__ inline void copy(const Update& update, Plan plan, const ChunkView& chunk) {
    uint32_t bytes = chunk.count * bytesOf(chunk.row.averageType);
    forEachRound<GROUP_OF<BYTES>>(addressesOf(update, chunk), bytes, [&](auto round) {
        auto sources = read<BYTES>(round, chunk.source);
        for (uint32_t j = 0; j < update.averages; j++) {
            if (plan.copies >> j & 1) {
                write(round, chunk.average + update.average[j].delta, sources);
            }
        }
    });
}

// Copies and updates. Returns how many elements of averages were to stay, since the source's are not finite.
template <Type E, Type P>
__device__ __forceinline__ uint32_t apply(const Update& update, Plan plan, const ChunkView& chunk) {
    uint32_t stayed = 0;
    forEachRound<GROUP_OF<E, P>>(addressesOf(update, chunk), chunk.count, [&](auto round) {
        auto shared = read<P>(round, chunk.source);
        for (uint32_t j = 0; j < update.averages; j++) {
            uint64_t address = chunk.average + update.average[j].delta;
            bool copies = plan.copies >> j & 1;
            bool updates = plan.updates >> j & 1;
            if (copies || updates) {
                // What is copied is rare, and in a cache: to read it again saves registers.
                auto averages = copies ? converted<E>(read<P>(round, chunk.source)) : read<E>(round, address);
                if (updates) {
                    auto sources = shared.opaque();
                    uint32_t stay = update.finiteOnly ? nonFinite(sources) : 0;
                    applyFormula(update.average[j], averages, sources, stay);
                    stayed += __popc(stay);
                }
                write(round, address, averages);
            }
        }
    });
    return stayed;
}

// Any chunk: the code for each pair of types is in one kernel, since one launch is for all tensors.
__device__ __forceinline__ uint32_t apply(const Update& update, const ChunkView& chunk) {
    Plan plan(update, chunk.row);
    Type average = chunk.row.averageType;
    Type source = chunk.row.sourceType;
    if (!plan.updates && average == source) {
        copy(update, plan, chunk);
        return 0;
    }
    if (!isFloat(average)) {
        return withInteger(average, [&](auto t) { return apply<t, t>(update, plan, chunk); });
    }
    return withFloat(average, [&](auto e) {
        return withFloat(source, [&](auto p) { return apply<e, p>(update, plan, chunk); });
    });
}
