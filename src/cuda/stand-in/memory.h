// Memory that devices can reach: their own, another process's that was opened, and pinned memory of the host.
#pragma once

#include <memory>

#include "devices.h"
#include "region.h"
#include "resources.h"

namespace standin {

class Memory : public Resource {
   public:
    Memory(const char* kind, char* start, size_t bytes, int deviceIndex)
        : Resource(kind, bytes, deviceIndex), start(start) {}

    bool holds(const char* address, size_t count) const {
        return address >= start && count <= bytes && static_cast<size_t>(address - start) <= bytes - count;
    }

    virtual bool isDevices() const = 0;

    char* const start;
};

// Of cudaMalloc.
class DeviceMemory : public Memory {
   public:
    DeviceMemory(char* start, size_t bytes, int deviceIndex)
        : Memory("device memory", start, bytes, deviceIndex) {}

    bool isDevices() const override { return true; }

    void lose() override { giveBack(); }

    void giveBack();
};

// The memory that an address is in, or null; throws if the memory was lost, or if it has not so many bytes from there.
// An address of a device's memory that was freed or never was is no address.
std::shared_ptr<Memory> memoryAt(const void* address, size_t bytes);

}  // namespace standin
