// Whether kernels can reach what they are told to work on. On a GPU an address of the host, of another device, or of
// memory that was freed makes the whole context fail; here a kernel would just work on it.
#pragma once

#include "../work.h"

namespace standin {

// Throws what a device reports where an address is not its memory, or not aligned to its type.
void requireReachable(const Update& update, int device);
void requireReachable(const Swap& swap, int device);
void requireReachable(const Zero& zero, int device);
void requireReachable(const Divide& divide, int device);
void requireReachable(const Scan& scan, int device);

}  // namespace standin
