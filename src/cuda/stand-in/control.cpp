// What tests can set and ask, and what is said when the process ends.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "devices.h"
#include "faults.h"
#include "guards.h"
#include "launches.h"
#include "memory.h"
#include "settings.h"
#include "streams.h"
#include "resources.h"

using namespace standin;

namespace standin {
namespace {

void reportLeaks() {
    for (auto& resource : HandleTable::all().alive()) {
        std::string what = resource->describe();
        std::fprintf(stderr, "stand-in CUDA: not freed: %s\n", what.c_str());
        if (auto memory = std::dynamic_pointer_cast<DeviceMemory>(resource)) {
            checkGuards(memory->start, memory->bytes, what.c_str());
        }
    }
}

[[maybe_unused]] const int AT_EXIT = std::atexit(reportLeaks);

}  // namespace
}  // namespace standin

#pragma GCC visibility push(default)
extern "C" {

// Forgets faults and lost devices, and sets all settings back; frees nothing.
void standInReset() {
    calls().disarm();
    operations().disarm();
    settings().reset();
    for (int index = 0; index < settings().devices; index++) {
        Device& device = Device::at(index);
        if (device.lossCode() != cudaSuccess) {
            // What is left to do there must not begin again.
            Stream::awaitAll(device);
            device.restore();
        }
    }
}

// The n-th call from now, 1 being the next, fails with a code; once.
void standInFail(int64_t n, int code) { calls().arm(n, static_cast<cudaError_t>(code)); }

// The n-th operation enqueued from now fails when the stream gets there; once.
void standInFailOperation(int64_t n, int code) { operations().arm(n, static_cast<cudaError_t>(code)); }

// How many calls were made so far.
int64_t standInCalls() { return calls().count(); }

// How long operations wait before they begin: up to maxMicros, at random.
void standInDelays(uint64_t seed, uint32_t maxMicros) {
    settings().seed = seed;
    settings().maxDelayMicros = maxMicros;
}

// Bytes per second of copies between host and devices; 0: as fast as it goes.
void standInBandwidth(double hostToDevice, double deviceToHost) {
    settings().hostToDevice = hostToDevice;
    settings().deviceToHost = deviceToHost;
}

// Bytes of memory that each device has.
void standInMemory(uint64_t bytes) { settings().memoryBytes = bytes; }

// How many kernels were launched so far.
int64_t standInLaunches() { return launches; }

// Bytes of device memory that are not freed.
int64_t standInLiveBytes() {
    int64_t bytes = 0;
    for (auto& resource : HandleTable::all().alive()) {
        if (std::dynamic_pointer_cast<DeviceMemory>(resource)) {
            bytes += static_cast<int64_t>(resource->bytes);
        }
    }
    return bytes;
}

// All else that is not freed: streams, events, pinned, registered and opened memory.
int64_t standInLiveObjects() {
    auto alive = HandleTable::all().alive();
    return std::count_if(alive.begin(), alive.end(),
                         [](auto& resource) { return !std::dynamic_pointer_cast<DeviceMemory>(resource); });
}

// Writes what is not freed, a line each, as much as fits, with a 0 at the end.
void standInReport(char* buffer, int64_t size) {
    std::string text;
    for (auto& resource : HandleTable::all().alive()) {
        text += resource->describe() + "\n";
    }
    std::snprintf(buffer, static_cast<size_t>(size), "%s", text.c_str());
}
}
#pragma GCC visibility pop
