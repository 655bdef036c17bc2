// What can be set: by the environment when the library is loaded, and later by the functions of control.cpp.
#pragma once

#include <atomic>
#include <cstdint>

namespace standin {

struct Settings {
    // Fixed for the life of the process.
    int devices;
    bool driverSuffices;

    std::atomic<uint64_t> seed;
    std::atomic<uint32_t> maxDelayMicros;
    std::atomic<uint64_t> memoryBytes;       // of each device
    std::atomic<double> hostToDevice;        // bytes per second; 0: as fast as it goes
    std::atomic<double> deviceToHost;

    // Back to what the environment says.
    void reset();
};

Settings& settings();

}  // namespace standin
