// The devices: which is current, and whether its context still stands.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "runtime.h"

namespace standin {

class Stream;

class Device {
   public:
    static constexpr int MULTIPROCESSORS = 2;
    static constexpr int THREADS_PER_MULTIPROCESSOR = 1024;
    static constexpr int THREADS_PER_BLOCK = 1024;

    // Throws if there is none of this number.
    static Device& at(int index);

    // Of the calling thread.
    static Device& current();

    explicit Device(int index) : index(index) {}

    // Its context is gone, with everything in it: all that is asked of it from now on fails with this code.
    void lose(cudaError_t code);

    // The code with which it was lost, or success.
    cudaError_t lossCode();

    // Throws if it was lost.
    void requireContext();

    // Makes it usable anew; what was lost is not found again.
    void restore();

    const int index;

    // Held while an operation is put into a stream, so that the default stream knows what came before it.
    std::mutex order;
    std::vector<std::weak_ptr<Stream>> streams;
    std::shared_ptr<Stream> defaultStream;

    // Guards the decision whether memory is left.
    std::mutex memory;

    // A device copies one thing at a time in each direction.
    std::mutex copyingToDevice;
    std::mutex copyingToHost;

   private:
    // Held until all that is lost is known to be.
    std::mutex losing;
    cudaError_t loss = cudaSuccess;
};

}  // namespace standin
