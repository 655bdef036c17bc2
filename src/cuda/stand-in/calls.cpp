#include "calls.h"

#include <utility>

#include "devices.h"
#include "faults.h"
#include "settings.h"

namespace standin {
namespace {

thread_local int64_t number = 0;
thread_local cudaError_t lastError = cudaSuccess;

}  // namespace

void enter(Needs needs) {
    cudaError_t injected = calls().next(number);
    if (isSticky(injected) && settings().devices > 0) {
        Device::current().lose(injected);
    }
    require(injected == cudaSuccess, injected);
    if (needs != Needs::NOTHING) {
        require(settings().driverSuffices, cudaErrorInsufficientDriver);
        require(settings().devices > 0, cudaErrorNoDevice);
    }
    if (needs == Needs::CONTEXT) {
        Device::current().requireContext();
    }
}

int64_t callNumber() { return number; }

cudaError_t remember(cudaError_t error) { return lastError = error; }

}  // namespace standin

using namespace standin;

cudaError_t cudaGetLastError() {
    cudaError_t error = std::exchange(lastError, cudaSuccess);
    cudaError_t lost = settings().devices > 0 ? Device::current().lossCode() : cudaSuccess;
    return lost != cudaSuccess ? lost : error;
}
