// What every function of the interface has in common: it is counted, may be made to fail, and needs more or less of a
// device that works.
#pragma once

#include <cstdint>

#include "failure.h"
#include "runtime.h"

namespace standin {

enum class Needs { NOTHING, DRIVER, CONTEXT };

// Counts the call and throws what keeps it from being made.
void enter(Needs needs);

// The number of the call that this thread makes, 1 being the first of the process.
int64_t callNumber();

// Keeps an error for cudaGetLastError, and returns it.
cudaError_t remember(cudaError_t error);

template <class Body>
cudaError_t call(Needs needs, Body body) {
    try {
        enter(needs);
        body();
        return cudaSuccess;
    } catch (const Failure& failure) {
        return remember(failure.code);
    }
}

// A call that gives something back. It does so even where it is made to fail or the device is lost: what a real one
// reports then is the failure of something earlier. So a program can be held to "no leak", whichever call fails.
template <class Body>
cudaError_t release(Body body) {
    cudaError_t error = call(Needs::CONTEXT, [] {});
    try {
        body();
    } catch (const Failure& failure) {
        if (error == cudaSuccess) {
            error = remember(failure.code);
        }
    }
    return error;
}

}  // namespace standin
