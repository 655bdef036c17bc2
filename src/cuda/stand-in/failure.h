// Inside the stand-in an error is thrown; call() makes the code of it that the caller gets.
#pragma once

#include "runtime.h"

namespace standin {

struct Failure {
    cudaError_t code;
};

inline void require(bool holds, cudaError_t otherwise) {
    if (!holds) {
        throw Failure{otherwise};
    }
}

// Whether an error takes the device's context with it: whatever is called afterwards fails in the same way.
bool isSticky(cudaError_t code);

}  // namespace standin
