#include "settings.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace standin {
namespace {

uint64_t fromEnvironment(const char* name, uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : otherwise;
}

}  // namespace

void Settings::reset() {
    seed = fromEnvironment("STAND_IN_SEED", 1);
    maxDelayMicros = static_cast<uint32_t>(fromEnvironment("STAND_IN_DELAY", 50));
    memoryBytes = fromEnvironment("STAND_IN_MEMORY", uint64_t{1} << 30);
    hostToDevice = 0;
    deviceToHost = 0;
}

Settings& settings() {
    // Never destroyed, here and in all the rest: threads of the program may still call while the process ends.
    static Settings& settings = *[] {
        auto* made = new Settings;
        made->devices = static_cast<int>(std::min<uint64_t>(fromEnvironment("STAND_IN_DEVICES", 2), 16));
        const char* driver = std::getenv("STAND_IN_DRIVER");
        made->driverSuffices = !driver || std::string(driver) != "insufficient";
        made->reset();
        return made;
    }();
    return settings;
}

}  // namespace standin
