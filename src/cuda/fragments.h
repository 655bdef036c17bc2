// How elements reach the threads of a block: in groups that memory gives in one access of up to 16 bytes, several of
// them before the first is used, so that enough reads are under way to keep memory busy.
#pragma once

#include <type_traits>

#include "elements.h"

// Groups that a thread reads of the source, and as many of an average, before it uses the first.
constexpr int READ_AHEAD = 2;

// Elements side by side, packed as memory has them: there are not enough registers for one each.
template <Type T, int GROUP>
struct alignas(sizeof(Raw<T>) * GROUP) Group {
    using Word = std::conditional_t<(sizeof(Raw<T>) < 4 && GROUP > 1), uint32_t, Raw<T>>;

    static constexpr int IN_WORD = sizeof(Word) / sizeof(Raw<T>);
    static constexpr int BITS = 8 * sizeof(Raw<T>);

    Word words[GROUP / IN_WORD];

    __device__ Raw<T> get(int i) const {
        return static_cast<Raw<T>>(words[i / IN_WORD] >> i % IN_WORD * BITS);
    }

    __device__ void set(int i, Raw<T> raw) {
        if constexpr (IN_WORD == 1) {
            words[i] = raw;
        } else {
            Word mask = ((1u << BITS) - 1) << i % IN_WORD * BITS;
            words[i / IN_WORD] = (words[i / IN_WORD] & ~mask) | static_cast<Word>(raw) << i % IN_WORD * BITS;
        }
    }
};

// A thread's elements in one round. They are in registers, hence every index must be known when this is compiled.
template <Type T, int GROUP>
struct Fragment {
    static constexpr int SIZE = READ_AHEAD * GROUP;

    Group<T, GROUP> groups[READ_AHEAD];

    __device__ Raw<T> get(int i) const {
        return groups[i / GROUP].get(i % GROUP);
    }

    __device__ void set(int i, Raw<T> raw) {
        groups[i / GROUP].set(i % GROUP, raw);
    }

    // The same elements, of which the compiler does not know that they are the same: else it would compute ahead of a
    // loop what it can, wait there for these reads before it starts others, and run out of registers.
    __device__ Fragment opaque() const {
        Fragment copy = *this;
        UNROLLED
        for (auto& group : copy.groups) {
            UNROLLED
            for (auto& word : group.words) {
                word = ::opaque(word);
            }
        }
        return copy;
    }
};

// Which groups a thread takes in one round: from the first on, as many apart as the block has threads, so that
// neighbouring threads take neighbouring groups.
template <int GROUP_SIZE>
struct Round {
    static constexpr int GROUP = GROUP_SIZE;

    uint32_t first;
    uint32_t end;

    __device__ bool has(uint32_t i) const {
        return first + i * THREADS < end;
    }
};

// Reads a round's elements, zeros where there are no more.
template <Type T, int GROUP>
__device__ inline Fragment<T, GROUP> read(Round<GROUP> round, uint64_t address) {
    Fragment<T, GROUP> fragment;
    const Group<T, GROUP>* memory = at<Group<T, GROUP>>(address) + round.first;
    UNROLLED
    for (int i = 0; i < READ_AHEAD; i++) {
        fragment.groups[i] = round.has(i) ? memory[i * THREADS] : Group<T, GROUP>{};
    }
    return fragment;
}

template <Type T, int GROUP>
__device__ inline void write(Round<GROUP> round, uint64_t address, const Fragment<T, GROUP>& fragment) {
    Group<T, GROUP>* memory = at<Group<T, GROUP>>(address) + round.first;
    UNROLLED
    for (int i = 0; i < READ_AHEAD; i++) {
        if (round.has(i)) {
            memory[i * THREADS] = fragment.groups[i];
        }
    }
}

// A copy: of the bits between equal types, else each number rounded once.
template <Type E, Type P, int GROUP>
__device__ inline Fragment<E, GROUP> converted(const Fragment<P, GROUP>& fragment) {
    if constexpr (E == P) {
        return fragment;
    } else {
        Fragment<E, GROUP> copy{};
        UNROLLED
        for (int i = 0; i < copy.SIZE; i++) {
            copy.set(i, Element<E>::raw(Element<P>::value(fragment.get(i))));
        }
        return copy;
    }
}

// Elements in a group of two types: the larger fills an access. Averages of integers are rare, and not worth the code.
template <Type E, Type P = E>
constexpr int GROUP_OF =
        isFloat(E) || E == BYTES ? 16 / (sizeof(Raw<E>) > sizeof(Raw<P>) ? sizeof(Raw<E>) : sizeof(Raw<P>)) : 1;

template <int GROUP, class Work>
__device__ inline void forEachRoundIn(uint32_t begin, uint32_t end, Work work) {
    ROLLED
    for (uint32_t first = begin + threadIdx.x; first < end; first += READ_AHEAD * THREADS) {
        work(Round<GROUP>{first, end});
    }
}

// work(round) for all rounds of a thread over some elements: in groups if all bits of the addresses say that these can
// be accessed, and one by one for the rest.
template <int GROUP, class Work>
__device__ inline void forEachRound(uint64_t addresses, uint32_t count, Work work) {
    uint32_t grouped = 0;
    if constexpr (GROUP > 1) {
        if (addresses % 16 == 0) {
            grouped = count / GROUP * GROUP;
            forEachRoundIn<GROUP>(0, grouped / GROUP, work);
        }
    }
    forEachRoundIn<1>(grouped, count, work);
}
