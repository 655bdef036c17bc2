#include "memory.h"

#include "calls.h"
#include "guards.h"
#include "settings.h"
#include "streams.h"

namespace standin {
namespace {

size_t usedBytes(const Device& device) {
    size_t used = 0;
    for (auto& resource : HandleTable::all().alive()) {
        if (resource->deviceIndex == device.index && std::dynamic_pointer_cast<DeviceMemory>(resource)) {
            used += resource->bytes;
        }
    }
    return used;
}

size_t freeBytes(const Device& device) {
    size_t used = usedBytes(device);
    size_t total = settings().memoryBytes;
    return total > used ? total - used : 0;
}

}  // namespace

void DeviceMemory::giveBack() {
    checkGuards(start, bytes, describe().c_str());
    Region::get().give(start, bytes);
}

std::shared_ptr<Memory> memoryAt(const void* address, size_t bytes) {
    auto found = std::dynamic_pointer_cast<Memory>(HandleTable::all().below(address));
    auto start = static_cast<const char*>(address);
    if (found && found->holds(start, 1)) {
        HandleTable::requireNotLost(*found, cudaErrorInvalidValue);
        require(found->holds(start, bytes), cudaErrorInvalidValue);
        return found;
    }
    require(!Region::get().contains(address), cudaErrorInvalidValue);
    return nullptr;
}

}  // namespace standin

using namespace standin;

cudaError_t cudaMalloc(void** address, size_t bytes) {
    return call(Needs::CONTEXT, [&] {
        *address = nullptr;
        if (bytes == 0) {
            return;
        }
        Device& device = Device::current();
        std::lock_guard<std::mutex> lock(device.memory);
        require(bytes <= freeBytes(device), cudaErrorMemoryAllocation);
        char* start = Region::get().take(bytes);
        require(start, cudaErrorMemoryAllocation);
        HandleTable::all().addAt(start, std::make_shared<DeviceMemory>(start, bytes, device.index));
        *address = start;
    });
}

cudaError_t cudaFree(void* address) {
    return release([&] {
        if (!address) {
            return;
        }
        auto& resources = HandleTable::all();
        // As the real one does, for nothing may use the memory any more.
        Stream::awaitAll(Device::at(resources.find<DeviceMemory>(address, cudaErrorInvalidValue)->deviceIndex));
        auto memory = resources.remove<DeviceMemory>(address, cudaErrorInvalidValue);
        if (!memory->lost.exchange(true)) {
            memory->giveBack();
        }
    });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
    return call(Needs::CONTEXT, [&] {
        *free = freeBytes(Device::current());
        *total = settings().memoryBytes;
    });
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* address) {
    return call(Needs::CONTEXT, [&] {
        auto start = const_cast<void*>(address);
        auto memory = std::dynamic_pointer_cast<Memory>(HandleTable::all().below(address));
        if (!memory || memory->lost || !memory->holds(static_cast<const char*>(address), 1)) {
            *attributes = {cudaMemoryTypeUnregistered, -2, nullptr, start, {}};
        } else if (memory->isDevices()) {
            *attributes = {cudaMemoryTypeDevice, memory->deviceIndex, start, nullptr, {}};
        } else {
            *attributes = {cudaMemoryTypeHost, memory->deviceIndex, start, start, {}};
        }
    });
}
