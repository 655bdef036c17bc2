// Streams: a worker thread each, with a queue and random delays, so that whoever forgets to wait gets wrong results.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "devices.h"
#include "resources.h"

namespace standin {

using Clock = std::chrono::steady_clock;
using Work = std::function<void()>;

// The end of something enqueued: can be waited for, and then tells when it was.
using Moment = std::shared_future<Clock::time_point>;

bool isDone(const Moment& moment);

class Stream : public Resource {
   public:
    // The default stream and the blocking ones of a device wait for each other.
    enum Kind { DEFAULT, BLOCKING, NON_BLOCKING };

    static std::shared_ptr<Stream> start(Device& device, Kind kind);

    // The stream of a handle; 0 and 1 are the default stream of the current device.
    static std::shared_ptr<Stream> of(cudaStream_t handle);

    // Waits for everything that was enqueued on a device.
    static void awaitAll(Device& device);

    Stream(Device& device, Kind kind);

    // A copy, fill or kernel: begins with a delay, and may be made to fail.
    Moment operate(Work work);

    // Anything else that has its place in the order.
    Moment enqueue(Work work);

    // Whether all is done that was enqueued so far.
    bool isDone();

    // Throws what went wrong in an operation since last asked.
    void check();

    // Nothing more will be enqueued; the worker does what is left and ends.
    void finish();

    void lose() override { finish(); }

    Device& device;

   private:
    struct Operation {
        std::vector<Moment> after;
        Work work;
        std::promise<Clock::time_point> done;
    };

    std::vector<Moment> dependencies();
    void work();
    void run(const Work& work);
    Clock::duration delay();

    const Kind kind;
    // Guarded by the device's order.
    Moment last;

    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Operation> queue;
    bool finished = false;
    cudaError_t error = cudaSuccess;
    // Of the worker alone.
    uint64_t delays = 0;
};

}  // namespace standin
