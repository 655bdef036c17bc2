#include "faults.h"

#include <cstdio>
#include <cstdlib>

namespace standin {

cudaError_t Countdown::next(int64_t& number) {
    std::lock_guard<std::mutex> lock(mutex);
    number = ++counted;
    return number == failing ? failure : cudaSuccess;
}

void Countdown::arm(int64_t n, cudaError_t code) {
    std::lock_guard<std::mutex> lock(mutex);
    failing = counted + n;
    failure = code;
}

void Countdown::disarm() {
    std::lock_guard<std::mutex> lock(mutex);
    failing = 0;
}

int64_t Countdown::count() {
    std::lock_guard<std::mutex> lock(mutex);
    return counted;
}

Countdown& calls() {
    static Countdown& calls = *[] {
        auto* made = new Countdown;
        long long n;
        int code;
        const char* text = std::getenv("STAND_IN_FAIL");
        if (text && std::sscanf(text, "%lld:%d", &n, &code) == 2) {
            made->arm(n, static_cast<cudaError_t>(code));
        }
        return made;
    }();
    return calls;
}

Countdown& operations() {
    static Countdown& operations = *new Countdown;
    return operations;
}

}  // namespace standin
