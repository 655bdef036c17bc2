// Names and texts of errors, those of the real runtime.
#include <algorithm>
#include <iterator>

#include "failure.h"

namespace standin {
namespace {

struct Error {
    cudaError_t code;
    const char* name;
    const char* text;
    bool sticky;
};

#define NAMED(code) code, #code

const Error ERRORS[] = {
    {NAMED(cudaSuccess), "no error", false},
    {NAMED(cudaErrorInvalidValue), "invalid argument", false},
    {NAMED(cudaErrorMemoryAllocation), "out of memory", false},
    {NAMED(cudaErrorInvalidConfiguration), "invalid configuration argument", false},
    {NAMED(cudaErrorInvalidMemcpyDirection), "invalid copy direction for memcpy", false},
    {NAMED(cudaErrorInsufficientDriver), "CUDA driver version is insufficient for CUDA runtime version", false},
    {NAMED(cudaErrorInvalidDeviceFunction), "invalid device function", false},
    {NAMED(cudaErrorNoDevice), "no CUDA-capable device is detected", false},
    {NAMED(cudaErrorInvalidDevice), "invalid device ordinal", false},
    {NAMED(cudaErrorInvalidKernelImage), "device kernel image is invalid", false},
    {NAMED(cudaErrorDeviceUninitialized), "invalid device context", false},
    {NAMED(cudaErrorECCUncorrectable), "uncorrectable ECC error encountered", true},
    {NAMED(cudaErrorNvlinkUncorrectable), "uncorrectable NVLink error detected during the execution", true},
    {NAMED(cudaErrorContained), "Invalid access of peer GPU memory over nvlink or a hardware error", true},
    {NAMED(cudaErrorInvalidResourceHandle), "invalid resource handle", false},
    {NAMED(cudaErrorSymbolNotFound), "named symbol not found", false},
    {NAMED(cudaErrorNotReady), "device not ready", false},
    {NAMED(cudaErrorIllegalAddress), "an illegal memory access was encountered", true},
    {NAMED(cudaErrorLaunchTimeout), "the launch timed out and was terminated", true},
    {NAMED(cudaErrorContextIsDestroyed), "context is destroyed", true},
    {NAMED(cudaErrorAssert), "device-side assert triggered", true},
    {NAMED(cudaErrorHostMemoryAlreadyRegistered), "part or all of the requested memory range is already mapped", false},
    {NAMED(cudaErrorHostMemoryNotRegistered), "pointer does not correspond to a registered memory region", false},
    {NAMED(cudaErrorHardwareStackError), "hardware stack error", true},
    {NAMED(cudaErrorIllegalInstruction), "an illegal instruction was encountered", true},
    {NAMED(cudaErrorMisalignedAddress), "misaligned address", true},
    {NAMED(cudaErrorInvalidAddressSpace), "operation not supported on global/shared address space", true},
    {NAMED(cudaErrorInvalidPc), "invalid program counter", true},
    {NAMED(cudaErrorLaunchFailure), "unspecified launch failure", true},
    {NAMED(cudaErrorTensorMemoryLeak), "tensor memory not completely freed", true},
    {NAMED(cudaErrorMpsClientTerminated), "the MPS client has been terminated by the server", true},
    {NAMED(cudaErrorExternalDevice), "an async error has occured in external entity outside of CUDA", true},
    {NAMED(cudaErrorUnknown), "unknown error", true},
};

const Error UNKNOWN = {cudaErrorUnknown, "unrecognized error code", "unrecognized error code", false};

const Error& find(cudaError_t code) {
    auto found = std::find_if(std::begin(ERRORS), std::end(ERRORS), [&](auto& error) { return error.code == code; });
    return found == std::end(ERRORS) ? UNKNOWN : *found;
}

}  // namespace

bool isSticky(cudaError_t code) { return find(code).sticky; }

}  // namespace standin

const char* cudaGetErrorName(cudaError_t error) { return standin::find(error).name; }

const char* cudaGetErrorString(cudaError_t error) { return standin::find(error).text; }
