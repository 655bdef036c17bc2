#include "events.h"

#include <new>
#include <thread>

#include "calls.h"

namespace standin {

void LocalEvent::record(const std::shared_ptr<Stream>& in) {
    std::lock_guard<std::mutex> lock(mutex);
    latest = in->enqueue([] {});
    stream = in;
}

void LocalEvent::block(Stream& waiting) {
    std::lock_guard<std::mutex> lock(mutex);
    if (stream) {
        waiting.enqueue([moment = latest] { moment.wait(); });
    }
}

void LocalEvent::check() {
    std::lock_guard<std::mutex> lock(mutex);
    require(isDone(latest), cudaErrorNotReady);
    if (stream) {
        stream->check();
    }
}

Clock::time_point LocalEvent::time() {
    std::lock_guard<std::mutex> lock(mutex);
    require(timed && stream, cudaErrorInvalidResourceHandle);
    require(isDone(latest), cudaErrorNotReady);
    return latest.get();
}

void SharedEvent::record(const std::shared_ptr<Stream>& stream) {
    uint64_t number = ++records->recorded;
    stream->enqueue([records = records, number] { records->done[number % SharedRecords::SLOTS] = number; });
}

void SharedEvent::block(Stream& waiting) {
    uint64_t number = records->recorded;
    waiting.enqueue([&device = waiting.device, records = records, number] {
        while (!records->isDone(number) && device.lossCode() == cudaSuccess) {
            std::this_thread::sleep_for(std::chrono::microseconds(20));
        }
    });
}

void SharedEvent::check() { require(records->isDone(records->recorded), cudaErrorNotReady); }

Clock::time_point SharedEvent::time() { throw Failure{cudaErrorInvalidResourceHandle}; }

}  // namespace standin

using namespace standin;

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* handle, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        bool timed = !(flags & cudaEventDisableTiming);
        bool shared = flags & cudaEventInterprocess;
        require(flags <= (cudaEventBlockingSync | cudaEventDisableTiming | cudaEventInterprocess) && !(timed && shared),
                cudaErrorInvalidValue);
        Device& device = Device::current();
        if (shared) {
            // Never given back: another process may still be looking at it.
            char* memory = Region::get().take(sizeof(SharedRecords));
            require(memory, cudaErrorMemoryAllocation);
            auto records = new (memory) SharedRecords{};
            auto place = Region::get().place(memory, sizeof *records);
            *handle = HandleTable::all().add<cudaEvent_t>(std::make_shared<SharedEvent>(device, records, place));
        } else {
            *handle = HandleTable::all().add<cudaEvent_t>(std::make_shared<LocalEvent>(device, timed));
        }
    });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    return release([&] { HandleTable::all().remove<Event>(event); });
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t streamHandle) {
    return call(Needs::CONTEXT, [&] {
        auto event = HandleTable::all().find<Event>(handle);
        auto stream = Stream::of(streamHandle);
        require(event->deviceIndex == stream->device.index, cudaErrorInvalidResourceHandle);
        event->record(stream);
    });
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
    return call(Needs::CONTEXT, [&] { HandleTable::all().find<Event>(event)->check(); });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        require(flags <= 1, cudaErrorInvalidValue);
        HandleTable::all().find<Event>(event)->block(*Stream::of(stream));
    });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    return call(Needs::CONTEXT, [&] {
        auto first = HandleTable::all().find<Event>(start);
        auto last = HandleTable::all().find<Event>(end);
        require(first->deviceIndex == last->deviceIndex, cudaErrorInvalidResourceHandle);
        *milliseconds = std::chrono::duration<float, std::milli>(last->time() - first->time()).count();
    });
}
