#include "devices.h"

#include <cstring>
#include <deque>
#include <string>

#include "calls.h"
#include "settings.h"
#include "resources.h"

namespace standin {
namespace {

thread_local int currentDevice = 0;

std::deque<Device>& devices() {
    static auto& devices = *[] {
        auto* made = new std::deque<Device>;
        for (int index = 0; index < settings().devices; index++) {
            made->emplace_back(index);
        }
        return made;
    }();
    return devices;
}

}  // namespace

Device& Device::at(int index) {
    require(index >= 0 && index < settings().devices, cudaErrorInvalidDevice);
    return devices()[index];
}

Device& Device::current() { return at(currentDevice); }

void Device::lose(cudaError_t code) {
    std::lock_guard<std::mutex> lock(losing);
    if (loss == cudaSuccess) {
        loss = code;
        HandleTable::all().lose(index);
    }
}

cudaError_t Device::lossCode() {
    std::lock_guard<std::mutex> lock(losing);
    return loss;
}

void Device::requireContext() {
    cudaError_t lost = lossCode();
    require(lost == cudaSuccess, lost);
}

void Device::restore() {
    std::lock_guard<std::mutex> lock(losing);
    loss = cudaSuccess;
}

}  // namespace standin

using namespace standin;

cudaError_t cudaDriverGetVersion(int* version) {
    return call(Needs::NOTHING, [&] { *version = settings().driverSuffices ? 13000 : 12080; });
}

cudaError_t cudaGetDeviceCount(int* count) {
    return call(Needs::DRIVER, [&] { *count = settings().devices; });
}

cudaError_t cudaSetDevice(int device) {
    return call(Needs::DRIVER, [&] {
        Device& chosen = Device::at(device);
        currentDevice = device;
        chosen.requireContext();
    });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
    return call(Needs::DRIVER, [&] {
        Device::at(device);
        switch (attribute) {
            case cudaDevAttrMaxThreadsPerBlock: *value = Device::THREADS_PER_BLOCK; break;
            case cudaDevAttrWarpSize: *value = 32; break;
            case cudaDevAttrMultiProcessorCount: *value = Device::MULTIPROCESSORS; break;
            case cudaDevAttrMaxThreadsPerMultiProcessor: *value = Device::THREADS_PER_MULTIPROCESSOR; break;
            case cudaDevAttrAsyncEngineCount: *value = 2; break;
            case cudaDevAttrUnifiedAddressing: *value = 1; break;
            case cudaDevAttrComputeCapabilityMajor: *value = 9; break;
            case cudaDevAttrComputeCapabilityMinor: *value = 0; break;
            case cudaDevAttrHostRegisterReadOnlySupported: *value = 1; break;
            case cudaDevAttrIpcEventSupport: *value = 1; break;
            default: throw Failure{cudaErrorInvalidValue};
        }
    });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
    return call(Needs::DRIVER, [&] {
        Device::at(device);
        *properties = {};
        std::strcpy(properties->name, "Stand-in GPU");
        properties->totalGlobalMem = settings().memoryBytes;
    });
}
