// The kernels of src/cuda, compiled for this machine.
#pragma once

#include <cstddef>

namespace standin {

struct Kernel {
    const char* name;
    size_t argumentBytes;
    // Threads of a block. With others it would leave elements out, or take some twice.
    unsigned threads;
    // Runs all threads, one after the other; throws where the real ones would fault.
    void (*run)(const void* argument, unsigned blocks, int device);
};

constexpr size_t KERNELS = 5;
extern const Kernel kernels[KERNELS];

}  // namespace standin
