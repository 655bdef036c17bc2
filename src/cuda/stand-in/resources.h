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

class Resource {
   public:
    // On a device; -1: on none.
    Resource(const char* kind, size_t bytes, int deviceIndex);
    virtual ~Resource() = default;

    // Called once when the device is lost, and the resource with it.
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

class HandleTable {
   public:
    // How far handles are apart: so there are numbers between them, for what a resource consists of.
    static constexpr uintptr_t HANDLE_STEP = 256;

    static HandleTable& all();

    // Adds a resource under a handle, which no other ever gets.
    template <class Handle>
    Handle add(std::shared_ptr<Resource> resource) {
        return reinterpret_cast<Handle>(addNumbered(std::move(resource)));
    }

    // Adds a resource that is found by its address.
    void addAt(const void* address, std::shared_ptr<Resource> resource);

    // The resource of a handle or address; throws if there is none of this type, or if its device was lost.
    template <class T>
    std::shared_ptr<T> find(const void* handle, cudaError_t otherwise = cudaErrorInvalidResourceHandle) {
        auto resource = std::dynamic_pointer_cast<T>(find(handle));
        require(resource != nullptr, otherwise);
        requireNotLost(*resource, otherwise);
        return resource;
    }

    // The same, after which it is known no more; gives also what was lost.
    template <class T>
    std::shared_ptr<T> remove(const void* handle, cudaError_t otherwise = cudaErrorInvalidResourceHandle) {
        auto resource = std::dynamic_pointer_cast<T>(find(handle));
        require(resource != nullptr && forget(handle), otherwise);
        return resource;
    }

    // The same, whatever it is; false if there is none.
    bool forget(const void* handle);

    // The resource at the highest address that is not above this one; null if there is none.
    std::shared_ptr<Resource> below(const void* address);

    // Loses all resources of a device.
    void lose(int deviceIndex);

    // What is alive and owed, in the order in which it was made.
    std::vector<std::shared_ptr<Resource>> alive();

    static void requireNotLost(const Resource& resource, cudaError_t otherwise);

   private:
    uintptr_t addNumbered(std::shared_ptr<Resource> resource);
    std::shared_ptr<Resource> find(const void* handle);

    std::mutex mutex;
    std::map<uintptr_t, std::shared_ptr<Resource>> resources;
    // Above all addresses that a program can have.
    uintptr_t nextHandle = uintptr_t{1} << 62;
};

}  // namespace standin
