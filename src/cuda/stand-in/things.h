// Everything alive that one call made and another is to give back: memory, streams, events, libraries.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "failure.h"

namespace standin {

class Thing {
   public:
    // On a device; -1: on none.
    Thing(const char* kind, size_t bytes, int deviceIndex);
    virtual ~Thing() = default;

    // Called once when the device is lost, and the thing with it.
    virtual void lose() {}

    // Whether somebody has to give it back before the process ends.
    virtual bool isOwed() const { return true; }

    // Says what it is, how large, where, and which call made it.
    std::string describe() const;

    const char* const kind;
    const size_t bytes;
    const int deviceIndex;
    const int64_t call;
    std::atomic<bool> lost = false;
};

class Things {
   public:
    // How far handles are apart: so there are numbers between them, for what a thing consists of.
    static constexpr uintptr_t HANDLE_STEP = 256;

    static Things& all();

    // Adds a thing under a handle, which no other ever gets.
    template <class Handle>
    Handle add(std::shared_ptr<Thing> thing) {
        return reinterpret_cast<Handle>(addNumbered(std::move(thing)));
    }

    // Adds a thing that is found by its address.
    void addAt(const void* address, std::shared_ptr<Thing> thing);

    // The thing of a handle or address; throws if there is none of this type, or if its device was lost.
    template <class T>
    std::shared_ptr<T> find(const void* handle, cudaError_t otherwise = cudaErrorInvalidResourceHandle) {
        auto thing = std::dynamic_pointer_cast<T>(find(handle));
        require(thing != nullptr, otherwise);
        requireNotLost(*thing, otherwise);
        return thing;
    }

    // The same, after which it is known no more; gives also what was lost.
    template <class T>
    std::shared_ptr<T> remove(const void* handle, cudaError_t otherwise = cudaErrorInvalidResourceHandle) {
        auto thing = std::dynamic_pointer_cast<T>(find(handle));
        require(thing != nullptr && forget(handle), otherwise);
        return thing;
    }

    // The same, whatever it is; false if there is none.
    bool forget(const void* handle);

    // The thing at the highest address that is not above this one; null if there is none.
    std::shared_ptr<Thing> below(const void* address);

    // Loses all things of a device.
    void lose(int deviceIndex);

    // What is alive and owed, in the order in which it was made.
    std::vector<std::shared_ptr<Thing>> alive();

    static void requireNotLost(const Thing& thing, cudaError_t otherwise);

   private:
    uintptr_t addNumbered(std::shared_ptr<Thing> thing);
    std::shared_ptr<Thing> find(const void* handle);

    std::mutex mutex;
    std::map<uintptr_t, std::shared_ptr<Thing>> things;
    // Above all addresses that a program can have.
    uintptr_t nextHandle = uintptr_t{1} << 62;
};

}  // namespace standin
