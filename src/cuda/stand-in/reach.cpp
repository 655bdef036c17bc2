#include "reach.h"

#include "../chunks.h"
#include "failure.h"
#include "memory.h"

namespace standin {
namespace {

void check(int device, uint64_t address, uint64_t bytes, unsigned alignment) {
    require(address % alignment == 0, cudaErrorMisalignedAddress);
    std::shared_ptr<Memory> memory;
    try {
        memory = memoryAt(reinterpret_cast<const void*>(address), bytes);
    } catch (const Failure&) {
        throw Failure{cudaErrorIllegalAddress};
    }
    require(memory && (!memory->isDevices() || memory->deviceIndex == device), cudaErrorIllegalAddress);
}

template <class T>
void check(int device, const T* array, uint64_t count) {
    check(device, reinterpret_cast<uint64_t>(array), count * sizeof(T), alignof(T));
}

void checkElements(int device, uint64_t address, uint32_t count, Type type) {
    check(device, address, uint64_t{count} * bytesOf(type), bytesOf(type));
}

template <class CheckChunk>
void checkTable(int device, const Table& table, CheckChunk checkChunk) {
    if (table.chunkCount == 0) {
        return;
    }
    check(device, table.chunks, table.chunkCount);
    for (uint32_t c = 0; c < table.chunkCount; c++) {
        check(device, table.rows + table.chunks[c].row, 1);
        checkChunk(ChunkView(table, c));
    }
}

}  // namespace

void requireReachable(const Update& update, int device) {
    if (update.finiteOnly) {
        check(device, update.left, 1);
    }
    checkTable(device, update.table, [&](const ChunkView& chunk) {
        checkElements(device, chunk.source, chunk.count, chunk.row.sourceType);
        for (uint32_t j = 0; j < update.averages; j++) {
            if (chunk.row.treatment[j] != LEAVE) {
                checkElements(device, chunk.average + update.average[j].delta, chunk.count, chunk.row.averageType);
            }
        }
    });
}

void requireReachable(const Swap& swap, int device) {
    checkTable(device, swap.table, [&](const ChunkView& chunk) {
        checkElements(device, chunk.average, chunk.count, chunk.row.averageType);
        checkElements(device, chunk.source, chunk.count, chunk.row.sourceType);
    });
}

void requireReachable(const Zero& zero, int device) {
    checkTable(device, zero.table, [&](const ChunkView& chunk) {
        if (chunk.row.treatment[zero.which] == AVERAGE) {
            checkElements(device, chunk.average + zero.delta, chunk.count, chunk.row.averageType);
        }
    });
}

void requireReachable(const Divide& divide, int device) {
    checkTable(device, divide.table, [&](const ChunkView& chunk) {
        if (chunk.row.treatment[0] == AVERAGE) {
            checkElements(device, chunk.average, chunk.count, chunk.row.averageType);
        }
    });
}

void requireReachable(const Scan& scan, int device) {
    check(device, scan.found, 2);
    checkTable(device, scan.table, [&](const ChunkView& chunk) {
        if (chunk.row.treatment[scan.which] == AVERAGE) {
            checkElements(device, chunk.source, chunk.count, chunk.row.sourceType);
        }
    });
}

}  // namespace standin
