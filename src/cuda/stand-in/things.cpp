#include "things.h"

#include <algorithm>

#include "calls.h"
#include "devices.h"

namespace standin {

Thing::Thing(const char* kind, size_t bytes, int deviceIndex)
    : kind(kind), bytes(bytes), deviceIndex(deviceIndex), call(callNumber()) {}

std::string Thing::describe() const {
    std::string text = kind;
    if (bytes > 0) {
        text += " of " + std::to_string(bytes) + " bytes";
    }
    if (deviceIndex >= 0) {
        text += " on cuda:" + std::to_string(deviceIndex);
    }
    return text + ", made by call " + std::to_string(call);
}

Things& Things::all() {
    static Things& things = *new Things;
    return things;
}

uintptr_t Things::addNumbered(std::shared_ptr<Thing> thing) {
    std::lock_guard<std::mutex> lock(mutex);
    uintptr_t handle = nextHandle += HANDLE_STEP;
    things.emplace(handle, std::move(thing));
    return handle;
}

void Things::addAt(const void* address, std::shared_ptr<Thing> thing) {
    std::lock_guard<std::mutex> lock(mutex);
    things.emplace(reinterpret_cast<uintptr_t>(address), std::move(thing));
}

std::shared_ptr<Thing> Things::find(const void* handle) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = things.find(reinterpret_cast<uintptr_t>(handle));
    return found == things.end() ? nullptr : found->second;
}

bool Things::forget(const void* handle) {
    std::lock_guard<std::mutex> lock(mutex);
    return things.erase(reinterpret_cast<uintptr_t>(handle)) > 0;
}

std::shared_ptr<Thing> Things::below(const void* address) {
    std::lock_guard<std::mutex> lock(mutex);
    auto above = things.upper_bound(reinterpret_cast<uintptr_t>(address));
    return above == things.begin() ? nullptr : std::prev(above)->second;
}

void Things::lose(int deviceIndex) {
    for (auto& thing : alive()) {
        if (thing->deviceIndex == deviceIndex && !thing->lost.exchange(true)) {
            thing->lose();
        }
    }
}

std::vector<std::shared_ptr<Thing>> Things::alive() {
    std::vector<std::shared_ptr<Thing>> found;
    {
        std::lock_guard<std::mutex> lock(mutex);
        for (auto& [handle, thing] : things) {
            if (!thing->lost && thing->isOwed()) {
                found.push_back(thing);
            }
        }
    }
    std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a->call < b->call; });
    return found;
}

void Things::requireNotLost(const Thing& thing, cudaError_t otherwise) {
    if (thing.lost) {
        Device::at(thing.deviceIndex).requireContext();
        throw Failure{otherwise};
    }
}

}  // namespace standin
