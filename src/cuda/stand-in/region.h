// The addresses of device memory: one stretch of them for the whole process, backed by a memory file. So any address
// can be told to be a device's, also when it was freed; other processes map parts of the file (/proc/<pid>/fd/<fd>);
// and nothing is left of it when the process ends, however it ends. No address is given out twice.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace standin {

class Region {
   public:
    // Where other processes find something. Fits a handle of CUDA's.
    struct Place {
        pid_t pid;
        int file;
        uint64_t inode;
        uint64_t offset;
        uint64_t bytes;
    };

    static Region& get();

    // Takes memory between guard zones, at a multiple of 256 and of nothing more; null if addresses are used up.
    char* take(size_t bytes);

    // Takes it back. For a while it stays poisoned, then the system gets its pages.
    void give(char* start, size_t bytes);

    bool contains(const void* address) const;

    Place place(const char* start, size_t bytes) const;

    // Maps what another process has at a place; null if that process or its file is gone.
    char* open(const Place& place);

    void close(char* start, size_t bytes);

   private:
    Region();

    char* reserve(size_t bytes);

    int file;
    uint64_t inode;
    char* begin;

    std::mutex mutex;
    size_t used = 0;
    struct Freed {
        size_t offset, bytes;
    };
    std::deque<Freed> freed;
    size_t freedBytes = 0;
};

}  // namespace standin
