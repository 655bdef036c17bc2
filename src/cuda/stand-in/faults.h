// Failures on demand: the n-th call from now, or the n-th enqueued operation, fails with a code.
#pragma once

#include <cstdint>
#include <mutex>

#include "runtime.h"

namespace standin {

class Countdown {
   public:
    // Counts one more, tells its number, 1 being the first, and whether it is the one that is to fail, and how.
    cudaError_t next(int64_t& number);

    // The n-th from now is to fail, 1 being the next; once.
    void arm(int64_t n, cudaError_t code);

    void disarm();

    // How many were counted so far.
    int64_t count();

   private:
    std::mutex mutex;
    int64_t counted = 0;
    int64_t failing = 0;
    cudaError_t failure = cudaSuccess;
};

// Calls of the interface; the environment variable STAND_IN_FAIL=n:code arms it.
Countdown& calls();

// Copies, fills and kernels.
Countdown& operations();

}  // namespace standin
