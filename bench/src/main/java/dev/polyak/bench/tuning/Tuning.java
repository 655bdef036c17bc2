package dev.polyak.bench.tuning;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterAverage;
import dev.polyak.ParameterStore;
import dev.polyak.bench.Result;
import dev.polyak.bench.Result.Verdict;
import dev.polyak.bench.Results;
import dev.polyak.bench.work.Task;
import dev.polyak.bench.work.Tensors;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.gpucheck.measure.Contender;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Quartiles;
import dev.polyak.gpucheck.measure.Race;
import dev.polyak.internal.kernel.Backend;
import dev.polyak.internal.kernel.Element;
import dev.polyak.internal.kernel.Loop;
import dev.polyak.internal.kernel.Step;
import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Tries it, and writes what was found below {@code jmh/results}. Needs Linux. Started from the project's folder. */
public final class Tuning {
    private static final int ROUNDS = 25;
    private static final int WARM_UPS = 10;
    private static final long ELEMENTS = 128 << 20;
    private static final long ALLOCATED = 512 << 20;
    private static final int[] PIECES = {1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22};

    private final HugePages hugePages = new HugePages();
    private final List<Result> findings = new ArrayList<>();

    private Tuning() {}

    /** Tries everything. */
    public static void main(String[] args) throws Exception {
        Tuning tuning = new Tuning();
        int all = Runtime.getRuntime().availableProcessors();
        tuning.firstTouch();
        for (int threads : IntStream.of(1, all).distinct().toArray()) {
            tuning.pages(DType.F32, threads);
            tuning.pages(DType.BF16, threads);
        }
        tuning.threads();
        tuning.pieces();
        Path file = Path.of("jmh", "results", "tuning-" + LocalDate.now(ZoneOffset.UTC) + ".json");
        Results.of("full", tuning.findings, List.of()).write(file);
        System.out.println(file);
    }

    /** What new memory costs before anything is in it. */
    private void firstTouch() throws Exception {
        int all = Runtime.getRuntime().availableProcessors();
        race(
                "allocate 512 MiB",
                "as it is",
                List.of(
                        way(
                                "as it is",
                                () -> ParameterStore.allocate(
                                                Tensors.of(1, ALLOCATED).layout(DType.U8), Device.cpu())
                                        .close()),
                        way("all threads", () -> hugePages.takeAndFree(ALLOCATED, false, all)),
                        way("huge pages", () -> hugePages.takeAndFree(ALLOCATED, true, 1))));
    }

    private void pages(DType source, int threads) throws Exception {
        Tensors tensors = Tensors.of(1, ELEMENTS);
        try (ResourceScope owned = new ResourceScope()) {
            ParameterAverage plain = average(owned, tensors, source, threads);
            ParameterAverage huge = average(owned, tensors, source, threads);
            hugePages.collapse(HostStore.of(huge.store()).segment(0));
            hugePages.collapse(HostStore.of(huge.online()).segment(0));
            race(
                    "update " + source + " on " + count(threads),
                    "as it is",
                    List.of(way("as it is", plain::update), way("huge pages", huge::update)));
        }
    }

    /** More threads than there are processors, and fewer. */
    private void threads() throws Exception {
        int all = Runtime.getRuntime().availableProcessors();
        try (ResourceScope owned = new ResourceScope()) {
            List<Contender> ways = new ArrayList<>();
            for (int threads : IntStream.of(all, 1, 2 * all).distinct().toArray()) {
                ways.add(way(count(threads), average(owned, Tensors.of(1, ELEMENTS), DType.F32, threads)::update));
            }
            race("update F32 on several threads", count(all), ways);
        }
    }

    /** The loop over pieces of several sizes, on one thread. */
    private void pieces() throws Exception {
        Loop lerp = Backend.get().kernels().loop(Step.LERP_LOW, Element.F32);
        try (ResourceScope owned = new ResourceScope()) {
            ParameterAverage average = average(owned, Tensors.of(1, ELEMENTS), DType.F32, 1);
            MemorySegment e = HostStore.of(average.store()).segment(0);
            MemorySegment p = HostStore.of(average.online()).segment(0);
            List<Contender> ways = new ArrayList<>();
            for (int piece : PIECES) {
                ways.add(way("pieces of " + piece, () -> {
                    for (long at = 0; at < ELEMENTS; at += piece) {
                        lerp.one(e, at * Float.BYTES, p, at * Float.BYTES, 0.001, 0, piece);
                    }
                }));
            }
            race("update F32 in pieces", "pieces of " + (1 << 16), ways);
        }
    }

    private static ParameterAverage average(ResourceScope owned, Tensors tensors, DType source, int threads) {
        ParameterStore model = owned.keep(ParameterStore.allocate(tensors.layout(source), Device.cpu()));
        HostStore.of(model).segment(0).fill((byte) 0x30);
        return owned.keep(ParameterAverage.builder(model)
                .schedule(Schedules.decay(0.999))
                .dtype(DType.F32)
                .threads(threads)
                .build());
    }

    private void race(String name, String usual, List<Contender> ways) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            for (Contender way : ways) {
                way.lap().millis();
            }
        }
        Race race = Race.run(name, ROUNDS, ways);
        ways.forEach(way -> race.speed(way.name(), usual));
        Figures figures = race.figures();
        List<Verdict> verdicts = ways.stream()
                .map(Contender::name)
                .filter(way -> !way.equals(usual))
                .map(way -> verdict(figures, way, usual))
                .toList();
        findings.add(new Result("tuning", 0, figures, Map.of(), verdicts));
        System.out.println(name);
        figures.times()
                .forEach(time -> System.out.printf(
                        "  %-20s %8.2f ms%n", time.way(), time.millis().median()));
        verdicts.forEach(verdict -> System.out.printf(
                "  %s: %.3f (%.3f to %.3f)%n",
                verdict.way(),
                verdict.speed().median(),
                verdict.speed().lower(),
                verdict.speed().upper()));
    }

    /** Better only if three quarters of the rounds say so. */
    private static Verdict verdict(Figures figures, String way, String usual) {
        Quartiles speed = figures.ratio(Figures.speed(way, usual)).orElseThrow().spread();
        return new Verdict(way, usual, 1, speed, speed.lower() > 1);
    }

    private static String count(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }

    private static Contender way(String name, Task.Action action) {
        return new Contender(name, 0, () -> {
            long begin = System.nanoTime();
            action.run();
            return (System.nanoTime() - begin) / 1e6;
        });
    }
}
