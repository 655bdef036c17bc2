#include "streams.h"

#include <sys/prctl.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "calls.h"
#include "faults.h"
#include "settings.h"

namespace standin {
namespace {

// A number that looks random, of one that does not (splitmix64).
uint64_t scramble(uint64_t number) {
    number += 0x9E3779B97F4A7C15;
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
    return number ^ (number >> 31);
}

void await(const Moment& moment) {
    if (moment.valid()) {
        moment.wait();
    }
}

}  // namespace

bool isDone(const Moment& moment) {
    return !moment.valid() || moment.wait_for(Clock::duration::zero()) == std::future_status::ready;
}

Stream::Stream(Device& device, Kind kind) : Resource("stream", 0, device.index), device(device), kind(kind) {}

std::shared_ptr<Stream> Stream::start(Device& device, Kind kind) {
    auto stream = std::make_shared<Stream>(device, kind);
    // The worker keeps its stream: one that is destroyed still does what was enqueued. Nobody joins it, so that a
    // process can end while it waits.
    std::thread([stream] { stream->work(); }).detach();
    return stream;
}

std::shared_ptr<Stream> Stream::of(cudaStream_t handle) {
    if (reinterpret_cast<uintptr_t>(handle) > 1) {
        return HandleTable::all().find<Stream>(handle);
    }
    Device& device = Device::current();
    std::lock_guard<std::mutex> lock(device.order);
    if (!device.defaultStream) {
        device.defaultStream = start(device, DEFAULT);
    }
    return device.defaultStream;
}

void Stream::awaitAll(Device& device) {
    std::vector<Moment> ends;
    {
        std::lock_guard<std::mutex> lock(device.order);
        if (device.defaultStream) {
            ends.push_back(device.defaultStream->last);
        }
        for (auto& known : device.streams) {
            if (auto stream = known.lock()) {
                ends.push_back(stream->last);
            }
        }
    }
    std::for_each(ends.begin(), ends.end(), await);
}

Moment Stream::operate(Work work) {
    int64_t number;
    cudaError_t injected = operations().next(number);
    return enqueue([this, injected, work = std::move(work)] {
        std::this_thread::sleep_for(delay());
        if (device.lossCode() == cudaSuccess) {
            require(injected == cudaSuccess, injected);
            work();
        }
    });
}

Moment Stream::enqueue(Work work) {
    {
        std::lock_guard<std::mutex> orderLock(device.order);
        std::lock_guard<std::mutex> lock(mutex);
        if (!finished) {
            Operation operation{dependencies(), std::move(work), {}};
            last = operation.done.get_future().share();
            queue.push_back(std::move(operation));
            arrived.notify_one();
            return last;
        }
    }
    // It may have been found in time, and lost since.
    HandleTable::requireNotLost(*this, cudaErrorInvalidResourceHandle);
    throw Failure{cudaErrorInvalidResourceHandle};
}

std::vector<Moment> Stream::dependencies() {
    std::vector<Moment> earlier;
    if (kind == DEFAULT) {
        for (auto& known : device.streams) {
            auto stream = known.lock();
            if (stream && stream->kind == BLOCKING) {
                earlier.push_back(stream->last);
            }
        }
    } else if (kind == BLOCKING && device.defaultStream) {
        earlier.push_back(device.defaultStream->last);
    }
    return earlier;
}

bool Stream::isDone() {
    std::lock_guard<std::mutex> lock(device.order);
    return standin::isDone(last);
}

void Stream::check() {
    device.requireContext();
    std::lock_guard<std::mutex> lock(mutex);
    cudaError_t failed = std::exchange(error, cudaSuccess);
    require(failed == cudaSuccess, failed);
}

void Stream::finish() {
    std::lock_guard<std::mutex> lock(mutex);
    finished = true;
    arrived.notify_one();
}

void Stream::work() {
    // Sleeps as short as the delays are asked for: the usual slack alone is 50 microseconds.
    prctl(PR_SET_TIMERSLACK, 1000);
    for (;;) {
        Operation next;
        {
            std::unique_lock<std::mutex> lock(mutex);
            arrived.wait(lock, [this] { return finished || !queue.empty(); });
            if (queue.empty()) {
                return;
            }
            next = std::move(queue.front());
            queue.pop_front();
        }
        std::for_each(next.after.begin(), next.after.end(), await);
        run(next.work);
        next.done.set_value(Clock::now());
    }
}

void Stream::run(const Work& work) {
    try {
        work();
    } catch (const Failure& failure) {
        if (isSticky(failure.code)) {
            device.lose(failure.code);
        } else {
            std::lock_guard<std::mutex> lock(mutex);
            error = failure.code;
        }
    }
}

// Half of all operations begin at once.
Clock::duration Stream::delay() {
    uint64_t random = scramble(scramble(settings().seed + static_cast<uint64_t>(call)) + delays++);
    uint64_t micros = random % 2 == 0 ? 0 : (random >> 1) % (settings().maxDelayMicros + uint64_t{1});
    return std::chrono::microseconds(micros);
}

}  // namespace standin

using namespace standin;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* handle, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        require(flags <= cudaStreamNonBlocking, cudaErrorInvalidValue);
        Device& device = Device::current();
        auto stream = Stream::start(device, flags == cudaStreamNonBlocking ? Stream::NON_BLOCKING : Stream::BLOCKING);
        {
            std::lock_guard<std::mutex> lock(device.order);
            auto& known = device.streams;
            known.erase(std::remove_if(known.begin(), known.end(), [](auto& each) { return each.expired(); }),
                        known.end());
            known.push_back(stream);
        }
        *handle = HandleTable::all().add<cudaStream_t>(stream);
    });
}

cudaError_t cudaStreamDestroy(cudaStream_t handle) {
    return release([&] { HandleTable::all().remove<Stream>(handle)->finish(); });
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
    return call(Needs::CONTEXT, [&] {
        auto stream = Stream::of(handle);
        bool done = stream->isDone(); // asked first: what fails in between has not been seen to be done
        stream->check();
        require(done, cudaErrorNotReady);
    });
}
