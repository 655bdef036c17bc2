// Events: places in streams, which can be asked for and waited for, here or from another process.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "region.h"
#include "streams.h"
#include "resources.h"

namespace standin {

// How far an event's records got, numbered from 1, in memory that processes share.
struct SharedRecords {
    // Enough that a slot is not needed again before its record is done.
    static constexpr size_t SLOTS = 64;

    std::atomic<uint64_t> recorded;
    std::array<std::atomic<uint64_t>, SLOTS> done;

    bool isDone(uint64_t record) const { return done[record % SLOTS] >= record; }
};

class Event : public Resource {
   public:
    explicit Event(Device& device) : Resource("event", 0, device.index) {}

    // Its place is behind what the stream has to do so far.
    virtual void record(const std::shared_ptr<Stream>& stream) = 0;

    // Makes a stream wait for the latest record.
    virtual void block(Stream& stream) = 0;

    // Throws if what went before the latest record is not done yet, or went wrong.
    virtual void check() = 0;

    // The time of the latest record; throws if it is not done, or is not known.
    virtual Clock::time_point time() = 0;
};

// One of this process.
class LocalEvent : public Event {
   public:
    LocalEvent(Device& device, bool timed) : Event(device), timed(timed) {}

    void record(const std::shared_ptr<Stream>& stream) override;
    void block(Stream& stream) override;
    void check() override;
    Clock::time_point time() override;

   private:
    const bool timed;
    std::mutex mutex;
    std::shared_ptr<Stream> stream;
    Moment latest;
};

// One that other processes can open, or one that was opened.
class SharedEvent : public Event {
   public:
    SharedEvent(Device& device, SharedRecords* records, const Region::Place& place)
        : Event(device), place(place), records(records) {}

    void record(const std::shared_ptr<Stream>& stream) override;
    void block(Stream& stream) override;
    void check() override;
    Clock::time_point time() override;

    // Where every process finds it.
    const Region::Place place;

   private:
    SharedRecords* const records;
};

}  // namespace standin
