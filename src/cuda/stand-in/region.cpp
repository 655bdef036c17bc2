#include "region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "guards.h"

namespace standin {
namespace {

// Addresses cost nothing. This many are enough for the memory that a test run takes in all its life.
constexpr size_t REGION_BYTES = size_t{512} << 30;
constexpr size_t PAGE = 4096;
constexpr size_t KEPT_POISONED = size_t{64} << 20;
constexpr int SHARED_PROTECTION = PROT_READ | PROT_WRITE;

size_t wholePages(size_t bytes) { return (bytes + PAGE - 1) / PAGE * PAGE; }

size_t extent(size_t bytes) { return wholePages(GUARD_BYTES + bytes + GUARD_BYTES); }

uint64_t inodeOf(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Region& Region::get() {
    static Region& region = *new Region;
    return region;
}

Region::Region() : file(memfd_create("cuda", MFD_CLOEXEC)), inode(inodeOf(file)) {
    void* mapped = file >= 0 && ftruncate(file, REGION_BYTES) == 0
                           ? mmap(nullptr, REGION_BYTES, SHARED_PROTECTION, MAP_SHARED | MAP_NORESERVE, file, 0)
                           : MAP_FAILED;
    if (mapped == MAP_FAILED) {
        std::perror("stand-in CUDA: no addresses for device memory");
        std::abort();
    }
    madvise(mapped, REGION_BYTES, MADV_DONTDUMP);
    begin = static_cast<char*>(mapped);
}

char* Region::reserve(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    if (bytes > REGION_BYTES - used) {
        return nullptr;
    }
    char* reserved = begin + used;
    used += bytes;
    return reserved;
}

char* Region::take(size_t bytes) {
    char* taken = reserve(extent(bytes));
    if (!taken) {
        return nullptr;
    }
    guard(taken + GUARD_BYTES, bytes);
    return taken + GUARD_BYTES;
}

void Region::give(char* start, size_t bytes) {
    Freed last{static_cast<size_t>(start - GUARD_BYTES - begin), extent(bytes)};
    std::memset(begin + last.offset, FREED, last.bytes);
    std::lock_guard<std::mutex> lock(mutex);
    freed.push_back(last);
    for (freedBytes += last.bytes; freedBytes > KEPT_POISONED; freed.pop_front()) {
        auto& first = freed.front();
        fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, first.offset, first.bytes);
        freedBytes -= first.bytes;
    }
}

bool Region::contains(const void* address) const { return address >= begin && address < begin + REGION_BYTES; }

Region::Place Region::place(const char* start, size_t bytes) const {
    return {getpid(), file, inode, static_cast<uint64_t>(start - begin), bytes};
}

char* Region::open(const Place& place) {
    std::string path = "/proc/" + std::to_string(place.pid) + "/fd/" + std::to_string(place.file);
    int theirs = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (theirs < 0) {
        return nullptr;
    }
    char* mapped = nullptr;
    size_t ahead = place.offset % PAGE;
    size_t bytes = wholePages(ahead + place.bytes);
    // Another process or file may have the numbers by now.
    if (inodeOf(theirs) == place.inode && (mapped = reserve(bytes))) {
        void* fixed = mmap(mapped, bytes, SHARED_PROTECTION, MAP_SHARED | MAP_FIXED, theirs,
                           static_cast<off_t>(place.offset - ahead));
        mapped = fixed == MAP_FAILED ? nullptr : mapped + ahead;
    }
    ::close(theirs);
    return mapped;
}

void Region::close(char* start, size_t bytes) {
    size_t offset = static_cast<size_t>(start - begin);
    size_t ahead = offset % PAGE;
    mmap(begin + offset - ahead, wholePages(ahead + bytes), SHARED_PROTECTION, MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
         file, static_cast<off_t>(offset - ahead));
}

}  // namespace standin
