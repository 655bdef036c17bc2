// Launches of kernels.
#pragma once

#include <atomic>
#include <cstdint>

namespace standin {

// How many were enqueued so far.
extern std::atomic<int64_t> launches;

}  // namespace standin
