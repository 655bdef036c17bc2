#include "guards.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace standin {
namespace {

void checkZone(const char* zone, const char* start, const char* what) {
    auto isIntact = [](char byte) { return static_cast<unsigned char>(byte) == GUARD; };
    const char* damaged = std::find_if_not(zone, zone + GUARD_BYTES, isIntact);
    if (damaged != zone + GUARD_BYTES) {
        std::fprintf(stderr, "stand-in CUDA: something was written outside of its memory, at byte %td of the %s\n",
                     damaged - start, what);
        std::abort();
    }
}

}  // namespace

void guard(char* start, size_t bytes) {
    std::memset(start - GUARD_BYTES, GUARD, GUARD_BYTES);
    std::memset(start, FRESH, bytes);
    std::memset(start + bytes, GUARD, GUARD_BYTES);
}

void checkGuards(const char* start, size_t bytes, const char* what) {
    checkZone(start - GUARD_BYTES, start, what);
    checkZone(start + bytes, start, what);
}

}  // namespace standin
