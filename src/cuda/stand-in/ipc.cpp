// Memory and events of another process.
#include <unistd.h>

#include <cstring>

#include "calls.h"
#include "events.h"
#include "guards.h"
#include "memory.h"

namespace standin {
namespace {

class OpenedMemory : public Memory {
   public:
    OpenedMemory(char* start, size_t bytes, int deviceIndex, const Region::Place& place)
        : Memory("opened memory", start, bytes, deviceIndex), place(place) {}

    bool isDevices() const override { return true; }

    bool isAt(const Region::Place& other) const {
        return place.inode == other.inode && place.offset == other.offset && place.pid == other.pid;
    }

    // How often it was opened and not yet closed.
    int opened = 1;

   private:
    const Region::Place place;
};

// Held while memory is opened or closed.
std::mutex opening;

template <class Handle>
void writePlace(Handle* handle, const Region::Place& place) {
    static_assert(sizeof place <= sizeof *handle);
    *handle = {};
    std::memcpy(handle, &place, sizeof place);
}

template <class Handle>
Region::Place readPlace(const Handle& handle) {
    Region::Place place;
    std::memcpy(&place, &handle, sizeof place);
    // A context cannot open what is its own.
    require(place.pid != getpid(), cudaErrorDeviceUninitialized);
    return place;
}

// Its guard zone tells memory that was freed.
bool isAlive(const char* start) { return static_cast<unsigned char>(start[-1]) == GUARD; }

std::shared_ptr<OpenedMemory> findOpened(const Region::Place& place) {
    for (auto& resource : HandleTable::all().alive()) {
        auto memory = std::dynamic_pointer_cast<OpenedMemory>(resource);
        if (memory && memory->isAt(place)) {
            return memory;
        }
    }
    return nullptr;
}

}  // namespace
}  // namespace standin

using namespace standin;

cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t* handle, void* address) {
    return call(Needs::CONTEXT, [&] {
        auto memory = std::dynamic_pointer_cast<DeviceMemory>(memoryAt(address, 1));
        require(memory != nullptr, cudaErrorInvalidValue);
        // Of the whole allocation, also for an address inside it.
        writePlace(handle, Region::get().place(memory->start, memory->bytes));
    });
}

cudaError_t cudaIpcOpenMemHandle(void** address, cudaIpcMemHandle_t handle, unsigned flags) {
    return call(Needs::CONTEXT, [&] {
        require(flags == cudaIpcMemLazyEnablePeerAccess, cudaErrorInvalidValue);
        auto place = readPlace(handle);
        std::lock_guard<std::mutex> lock(opening);
        auto memory = findOpened(place);
        if (memory) {
            memory->opened++;
        } else {
            char* start = Region::get().open(place);
            require(start && isAlive(start), cudaErrorInvalidResourceHandle);
            memory = std::make_shared<OpenedMemory>(start, place.bytes, Device::current().index, place);
            HandleTable::all().addAt(start, memory);
        }
        *address = memory->start;
    });
}

cudaError_t cudaIpcCloseMemHandle(void* address) {
    return release([&] {
        auto memory = HandleTable::all().find<OpenedMemory>(address, cudaErrorInvalidValue);
        Stream::awaitAll(Device::at(memory->deviceIndex));
        std::lock_guard<std::mutex> lock(opening);
        if (--memory->opened == 0) {
            HandleTable::all().remove<OpenedMemory>(address, cudaErrorInvalidValue);
            Region::get().close(memory->start, memory->bytes);
        }
    });
}

cudaError_t cudaIpcGetEventHandle(cudaIpcEventHandle_t* handle, cudaEvent_t event) {
    return call(Needs::CONTEXT, [&] {
        auto shared = std::dynamic_pointer_cast<SharedEvent>(HandleTable::all().find<Event>(event));
        require(shared != nullptr, cudaErrorInvalidResourceHandle);
        writePlace(handle, shared->place);
    });
}

cudaError_t cudaIpcOpenEventHandle(cudaEvent_t* event, cudaIpcEventHandle_t handle) {
    return call(Needs::CONTEXT, [&] {
        auto place = readPlace(handle);
        auto records = reinterpret_cast<SharedRecords*>(Region::get().open(place));
        require(records, cudaErrorInvalidResourceHandle);
        *event = HandleTable::all().add<cudaEvent_t>(std::make_shared<SharedEvent>(Device::current(), records, place));
    });
}
