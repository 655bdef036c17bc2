package dev.polyak.internal.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerThreadsTest {
    @Test
    void everyPieceIsDoneOnceWhateverTheNumberOfThreads() {
        WorkerThreads workers = new WorkerThreads(3);
        for (int threads = 1; threads <= 6; threads++) {
            for (int round = 0; round < 2000; round++) {
                AtomicInteger next = new AtomicInteger();
                AtomicIntegerArray done = new AtomicIntegerArray(17);
                workers.run(
                        worker -> {
                            for (int i = next.getAndIncrement(); i < 17; i = next.getAndIncrement()) {
                                done.incrementAndGet(i);
                            }
                        },
                        threads);
                for (int i = 0; i < 17; i++) {
                    assertThat(done.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void helpersTakePartUnderTheirOwnNumbers() {
        WorkerThreads workers = new WorkerThreads(2);
        CountDownLatch all = new CountDownLatch(3);
        AtomicIntegerArray seen = new AtomicIntegerArray(3);
        workers.run(
                worker -> {
                    seen.incrementAndGet(worker);
                    all.countDown();
                    await(all); // nobody is through before everybody has begun
                },
                3);
        assertThat(seen.toString()).isEqualTo("[1, 1, 1]");
    }

    @Test
    void manyHelpersWakeEachOther() {
        WorkerThreads workers = new WorkerThreads(20);
        for (int threads = 2; threads <= 21; threads++) {
            CountDownLatch all = new CountDownLatch(threads);
            workers.run(
                    worker -> {
                        all.countDown();
                        await(all);
                    },
                    threads);
            assertThat(all.getCount()).isZero();
        }
    }

    @Test
    void aFailureOfAHelperReachesTheCallerWhenAllAreDone() {
        WorkerThreads workers = new WorkerThreads(1);
        CountDownLatch both = new CountDownLatch(2);
        assertThatThrownBy(() -> workers.run(
                        worker -> {
                            both.countDown();
                            await(both);
                            if (worker == 1) {
                                throw new IllegalArgumentException("helper");
                            }
                        },
                        2))
                .hasMessage("helper");
        CountDownLatch again = new CountDownLatch(2);
        workers.run(
                worker -> {
                    again.countDown();
                    await(again);
                },
                2);
        assertThat(again.getCount()).isZero();
    }

    @Test
    void aTaskWithinATaskRunsOnItsCallerAlone() {
        WorkerThreads workers = new WorkerThreads(1);
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger inner = new AtomicInteger();
        workers.run(
                worker -> {
                    both.countDown();
                    await(both);
                    workers.run(nested -> inner.addAndGet(nested == 0 ? 1 : 1000), 2);
                },
                2);
        assertThat(inner.get()).isEqualTo(2);
    }

    @Test
    void anInterruptWaitsUntilTheTaskIsDone() {
        WorkerThreads workers = new WorkerThreads(1);
        Thread.currentThread().interrupt();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        workers.run(
                worker -> {
                    begun.incrementAndGet();
                    while (begun.get() < 2) {
                        Thread.onSpinWait();
                    }
                    for (int i = 0; i < 1_000_000 * worker; i++) {
                        Thread.onSpinWait();
                    }
                    ran.incrementAndGet();
                },
                2);
        assertThat(ran.get()).isEqualTo(2);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aHelperThatComesWhenTheCallerIsThroughDoesNotBegin() {
        WorkerThreads workers = new WorkerThreads(1);
        AtomicInteger late = new AtomicInteger();
        for (int round = 0; round < 20_000; round++) {
            AtomicBoolean over = new AtomicBoolean();
            workers.run(
                    worker -> {
                        if (over.get()) {
                            late.incrementAndGet();
                        }
                    },
                    2);
            over.set(true);
        }
        assertThat(late.get()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
