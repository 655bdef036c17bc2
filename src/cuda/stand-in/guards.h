// Zones on both sides of memory that nobody may write to, and what memory holds that nobody has written yet.
#pragma once

#include <cstddef>

namespace standin {

constexpr size_t GUARD_BYTES = 256;
constexpr unsigned char GUARD = 0xFD, FRESH = 0xCB, FREED = 0xDB;

// Prepares memory, with GUARD_BYTES before and behind it.
void guard(char* start, size_t bytes);

// Ends the process with a message if a guard zone was written to.
void checkGuards(const char* start, size_t bytes, const char* what);

}  // namespace standin
