// In what a runtime that is too old for the library differs: libcudart-old.so is built with STAND_IN_OLD.
#include <cstdint>
#include <cstring>

#include "calls.h"
#include "libraries.h"

using namespace standin;

cudaError_t cudaRuntimeGetVersion(int* version) {
#ifdef STAND_IN_OLD
    return call(Needs::NOTHING, [&] { *version = 12040; });
#else
    return call(Needs::NOTHING, [&] { *version = 13000; });
#endif
}

#ifndef STAND_IN_OLD

cudaError_t cudaLibraryLoadData(cudaLibrary_t* library, const void* code, void*, void**, unsigned, void*, void**,
                                unsigned) {
    return call(Needs::CONTEXT, [&] {
        constexpr uint32_t FATBIN = 0xBA55ED50;
        require(code, cudaErrorInvalidValue);
        require(std::memcmp(code, &FATBIN, sizeof FATBIN) == 0, cudaErrorInvalidKernelImage);
        *library = HandleTable::all().add<cudaLibrary_t>(std::make_shared<Library>());
    });
}

cudaError_t cudaLibraryUnload(cudaLibrary_t library) {
    return release([&] { HandleTable::all().remove<Library>(library); });
}

cudaError_t cudaLibraryGetKernel(cudaKernel_t* kernel, cudaLibrary_t library, const char* name) {
    return call(Needs::CONTEXT, [&] { *kernel = Library::kernel(library, name); });
}

#endif
