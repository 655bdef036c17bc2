#include "resources.h"

#include <algorithm>

#include "calls.h"
#include "devices.h"

namespace standin {

Resource::Resource(const char* kind, size_t bytes, int deviceIndex)
    : kind(kind), bytes(bytes), deviceIndex(deviceIndex), call(callNumber()) {}

std::string Resource::describe() const {
    std::string text = kind;
    if (bytes > 0) {
        text += " of " + std::to_string(bytes) + " bytes";
    }
    if (deviceIndex >= 0) {
        text += " on cuda:" + std::to_string(deviceIndex);
    }
    return text + ", made by call " + std::to_string(call);
}

HandleTable& HandleTable::all() {
    static HandleTable& resources = *new HandleTable;
    return resources;
}

uintptr_t HandleTable::addNumbered(std::shared_ptr<Resource> resource) {
    std::lock_guard<std::mutex> lock(mutex);
    uintptr_t handle = nextHandle += HANDLE_STEP;
    resources.emplace(handle, std::move(resource));
    return handle;
}

void HandleTable::addAt(const void* address, std::shared_ptr<Resource> resource) {
    std::lock_guard<std::mutex> lock(mutex);
    resources.emplace(reinterpret_cast<uintptr_t>(address), std::move(resource));
}

std::shared_ptr<Resource> HandleTable::find(const void* handle) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = resources.find(reinterpret_cast<uintptr_t>(handle));
    return found == resources.end() ? nullptr : found->second;
}

bool HandleTable::forget(const void* handle) {
    std::lock_guard<std::mutex> lock(mutex);
    return resources.erase(reinterpret_cast<uintptr_t>(handle)) > 0;
}

std::shared_ptr<Resource> HandleTable::below(const void* address) {
    std::lock_guard<std::mutex> lock(mutex);
    auto above = resources.upper_bound(reinterpret_cast<uintptr_t>(address));
    return above == resources.begin() ? nullptr : std::prev(above)->second;
}

void HandleTable::lose(int deviceIndex) {
    for (auto& resource : alive()) {
        if (resource->deviceIndex == deviceIndex && !resource->lost.exchange(true)) {
            resource->lose();
        }
    }
}

std::vector<std::shared_ptr<Resource>> HandleTable::alive() {
    std::vector<std::shared_ptr<Resource>> found;
    {
        std::lock_guard<std::mutex> lock(mutex);
        for (auto& [handle, resource] : resources) {
            if (!resource->lost && resource->isOwed()) {
                found.push_back(resource);
            }
        }
    }
    std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a->call < b->call; });
    return found;
}

void HandleTable::requireNotLost(const Resource& resource, cudaError_t otherwise) {
    if (resource.lost) {
        Device::at(resource.deviceIndex).requireContext();
        throw Failure{otherwise};
    }
}

}  // namespace standin
