#include "libraries.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace standin {

cudaKernel_t Library::kernel(cudaLibrary_t library, const char* name) {
    HandleTable::all().find<Library>(library);
    auto found = std::find_if(kernels, std::end(kernels), [&](auto& each) { return !std::strcmp(each.name, name); });
    require(found != std::end(kernels), cudaErrorSymbolNotFound);
    return reinterpret_cast<cudaKernel_t>(reinterpret_cast<uintptr_t>(library) + 1 + (found - kernels));
}

const Kernel& Library::kernel(const void* handle) {
    uintptr_t number = reinterpret_cast<uintptr_t>(handle) % HandleTable::HANDLE_STEP;
    require(number >= 1 && number <= KERNELS, cudaErrorInvalidDeviceFunction);
    HandleTable::all().find<Library>(static_cast<const char*>(handle) - number);
    return kernels[number - 1];
}

}  // namespace standin
