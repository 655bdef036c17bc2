// Images of kernels that were loaded.
#pragma once

#include "kernels.h"
#include "resources.h"

namespace standin {

// Its kernels' handles are the numbers behind its own.
class Library : public Resource {
   public:
    Library() : Resource("library", 0, -1) {}

    // Libraries are kept for as long as the process lives, as a rule.
    bool isOwed() const override { return false; }

    // Throws if it has no kernel of this name.
    static cudaKernel_t kernel(cudaLibrary_t library, const char* name);

    // Throws if this is no kernel of a library that is loaded.
    static const Kernel& kernel(const void* handle);
};

}  // namespace standin
