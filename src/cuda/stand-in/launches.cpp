#include "launches.h"

#include "calls.h"
#include "libraries.h"
#include "streams.h"

namespace standin {

std::atomic<int64_t> launches = 0;

}  // namespace standin

using namespace standin;

cudaError_t cudaLaunchKernel(const void* handle, dim3 grid, dim3 block, void** arguments, size_t sharedBytes,
                             cudaStream_t streamHandle) {
    return call(Needs::CONTEXT, [&] {
        auto& kernel = Library::kernel(handle);
        auto stream = Stream::of(streamHandle);
        require(&stream->device == &Device::current(), cudaErrorInvalidResourceHandle);
        require(arguments && arguments[0] && sharedBytes == 0, cudaErrorInvalidValue);
        // The kernels know one dimension only.
        require(grid.x > 0 && grid.y == 1 && grid.z == 1, cudaErrorInvalidConfiguration);
        require(block.x == kernel.threads && block.y == 1 && block.z == 1, cudaErrorInvalidConfiguration);
        auto argument = static_cast<const char*>(arguments[0]);
        std::vector<char> copied(argument, argument + kernel.argumentBytes);
        stream->operate([run = kernel.run, copied = std::move(copied), blocks = grid.x, device = stream->device.index] {
            run(copied.data(), blocks, device);
        });
        launches++;
    });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* kernel, int threads, size_t) {
    return call(Needs::CONTEXT, [&] {
        Library::kernel(kernel);
        require(threads > 0 && threads <= Device::THREADS_PER_BLOCK, cudaErrorInvalidValue);
        *blocks = Device::THREADS_PER_MULTIPROCESSOR / threads;
    });
}
