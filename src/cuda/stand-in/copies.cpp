// Copies and fills. Memory of the host that is not pinned is staged: it is read before the call returns, and when it is
// written to the call returns only after that. All other memory is read and written when the stream gets there.
#include <algorithm>
#include <cstring>
#include <thread>

#include "calls.h"
#include "memory.h"
#include "settings.h"
#include "streams.h"

namespace standin {
namespace {

enum class Side { PAGEABLE, PINNED, DEVICE };

Side sideOf(const void* address, size_t bytes) {
    auto memory = memoryAt(address, bytes);
    return !memory ? Side::PAGEABLE : memory->isDevices() ? Side::DEVICE : Side::PINNED;
}

cudaMemcpyKind kindOf(Side from, Side to) {
    if (from == Side::DEVICE) {
        return to == Side::DEVICE ? cudaMemcpyDeviceToDevice : cudaMemcpyDeviceToHost;
    }
    return to == Side::DEVICE ? cudaMemcpyHostToDevice : cudaMemcpyHostToHost;
}

// In pieces, each at its time: the last bytes are read and written at the end, as by a real copy.
void transfer(char* to, const char* from, size_t bytes, double bytesPerSecond) {
    constexpr size_t PIECE = size_t{1} << 20;
    auto begin = Clock::now();
    for (size_t done = 0; done < bytes;) {
        size_t count = std::min(PIECE, bytes - done);
        if (bytesPerSecond > 0) {
            std::chrono::duration<double> until((done + count) / bytesPerSecond);
            std::this_thread::sleep_until(begin + std::chrono::duration_cast<Clock::duration>(until));
        }
        std::memcpy(to + done, from + done, count);
        done += count;
    }
}

void copy(Device& device, cudaMemcpyKind kind, char* to, const char* from, size_t bytes) {
    if (kind == cudaMemcpyHostToDevice) {
        std::lock_guard<std::mutex> turn(device.copyingToDevice);
        transfer(to, from, bytes, settings().hostToDevice);
    } else if (kind == cudaMemcpyDeviceToHost) {
        std::lock_guard<std::mutex> turn(device.copyingToHost);
        transfer(to, from, bytes, settings().deviceToHost);
    } else {
        transfer(to, from, bytes, 0);
    }
}

}  // namespace
}  // namespace standin

using namespace standin;

cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t streamHandle) {
    return call(Needs::CONTEXT, [&] {
        auto stream = Stream::of(streamHandle);
        require(kind >= cudaMemcpyHostToHost && kind <= cudaMemcpyDefault, cudaErrorInvalidMemcpyDirection);
        if (bytes == 0) {
            return;
        }
        require(target && source, cudaErrorInvalidValue);
        auto to = static_cast<char*>(target);
        auto from = static_cast<const char*>(source);
        Side toSide = sideOf(to, bytes), fromSide = sideOf(from, bytes);
        cudaMemcpyKind actual = kindOf(fromSide, toSide);
        require(kind == cudaMemcpyDefault || kind == actual, cudaErrorInvalidValue);
        Device& device = stream->device;
        if (fromSide == Side::PAGEABLE && toSide == Side::DEVICE) {
            auto staged = std::make_shared<std::vector<char>>(from, from + bytes);
            stream->operate([=, &device] { copy(device, actual, to, staged->data(), bytes); });
            return;
        }
        Moment end = stream->operate([=, &device] { copy(device, actual, to, from, bytes); });
        if (toSide == Side::PAGEABLE || actual == cudaMemcpyHostToHost) {
            end.wait();
            stream->check();
        }
    });
}

cudaError_t cudaMemsetAsync(void* address, int value, size_t bytes, cudaStream_t streamHandle) {
    return call(Needs::CONTEXT, [&] {
        auto stream = Stream::of(streamHandle);
        require(&stream->device == &Device::current(), cudaErrorInvalidResourceHandle);
        if (bytes == 0) {
            return;
        }
        require(sideOf(address, bytes) != Side::PAGEABLE, cudaErrorInvalidValue);
        stream->operate([=] { std::memset(address, value, bytes); });
    });
}
