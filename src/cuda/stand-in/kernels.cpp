#include "kernels.h"

#include "../kernels.cu"
#include "failure.h"
#include "reach.h"

namespace standin {
namespace {

template <class Argument, void (*kernel)(Argument)>
void run(const void* argument, unsigned blocks, int device) {
    auto& work = *static_cast<const Argument*>(argument);
    require(blocks == work.table.chunkCount, cudaErrorIllegalAddress);
    requireReachable(work, device);
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++) {
        for (threadIdx.x = 0; threadIdx.x < THREADS; threadIdx.x++) {
            kernel(work);
        }
    }
}

}  // namespace

const Kernel kernels[KERNELS] = {
        {"polyak_update", sizeof(Update), THREADS, run<Update, polyak_update>},
        {"polyak_swap", sizeof(Swap), THREADS, run<Swap, polyak_swap>},
        {"polyak_zero", sizeof(Zero), THREADS, run<Zero, polyak_zero>},
        {"polyak_divide", sizeof(Divide), THREADS, run<Divide, polyak_divide>},
        {"polyak_scan", sizeof(Scan), THREADS, run<Scan, polyak_scan>},
};

}  // namespace standin
