// Memory of the host that copies reach without staging: allocated for it, or registered.
#include <cstdlib>
#include <cstring>

#include "calls.h"
#include "guards.h"
#include "memory.h"
#include "settings.h"
#include "streams.h"

namespace standin {
namespace {

// The program keeps it when the device is lost, and may then use its addresses for something else.
class HostMemory : public Memory {
   public:
    using Memory::Memory;

    bool isDevices() const override { return false; }

    void lose() override { HandleTable::all().forget(start); }
};

class AllocatedMemory : public HostMemory {
   public:
    AllocatedMemory(char* start, size_t bytes, const Device& device)
        : HostMemory("pinned memory", start, bytes, device.index) {}
};

class RegisteredMemory : public HostMemory {
   public:
    RegisteredMemory(char* start, size_t bytes, const Device& device)
        : HostMemory("registered memory", start, bytes, device.index) {}
};

// Any device may be copying it.
void awaitAllDevices() {
    for (int device = 0; device < settings().devices; device++) {
        Stream::awaitAll(Device::at(device));
    }
}

}  // namespace
}  // namespace standin

using namespace standin;

cudaError_t cudaHostAlloc(void** address, size_t bytes, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        require(flags <= (cudaHostAllocPortable | cudaHostAllocMapped | cudaHostAllocWriteCombined),
                cudaErrorInvalidValue);
        *address = nullptr;
        if (bytes == 0) {
            return;
        }
        size_t rounded = (bytes + GUARD_BYTES - 1) / GUARD_BYTES * GUARD_BYTES;
        auto taken = static_cast<char*>(std::aligned_alloc(GUARD_BYTES, GUARD_BYTES + rounded + GUARD_BYTES));
        require(taken, cudaErrorMemoryAllocation);
        char* start = taken + GUARD_BYTES;
        guard(start, bytes);
        HandleTable::all().addAt(start, std::make_shared<AllocatedMemory>(start, bytes, Device::current()));
        *address = start;
    });
}

cudaError_t cudaFreeHost(void* address) {
    return release([&] {
        if (!address) {
            return;
        }
        HandleTable::all().find<AllocatedMemory>(address, cudaErrorInvalidValue);
        awaitAllDevices();
        auto memory = HandleTable::all().remove<AllocatedMemory>(address, cudaErrorInvalidValue);
        checkGuards(memory->start, memory->bytes, memory->describe().c_str());
        std::memset(memory->start, FREED, memory->bytes);
        std::free(memory->start - GUARD_BYTES);
    });
}

cudaError_t cudaHostRegister(void* address, size_t bytes, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        require(flags <= (cudaHostRegisterPortable | cudaHostRegisterMapped | cudaHostRegisterReadOnly) && address &&
                        bytes > 0 && !Region::get().contains(address),
                cudaErrorInvalidValue);
        auto start = static_cast<char*>(address);
        auto nearest = std::dynamic_pointer_cast<Memory>(HandleTable::all().below(start + bytes - 1));
        require(!nearest || nearest->start + nearest->bytes <= start, cudaErrorHostMemoryAlreadyRegistered);
        HandleTable::all().addAt(start, std::make_shared<RegisteredMemory>(start, bytes, Device::current()));
    });
}

cudaError_t cudaHostUnregister(void* address) {
    return release([&] {
        HandleTable::all().find<RegisteredMemory>(address, cudaErrorHostMemoryNotRegistered);
        awaitAllDevices();
        HandleTable::all().remove<RegisteredMemory>(address, cudaErrorHostMemoryNotRegistered);
    });
}
