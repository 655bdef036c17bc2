package dev.polyak.gpucheck.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ways of doing the same work, each once in every round. Another begins each round. */
public final class Race {
    /** A way and its times, one for each round. */
    private static final class Runner {
        final Contender way;
        final double[] millis;

        Runner(Contender way, int rounds) {
            this.way = way;
            this.millis = new double[rounds];
        }
    }

    private final String name;
    private final int rounds;
    private final List<Runner> runners;
    private final List<Figures.Ratio> ratios = new ArrayList<>();

    private Race(String name, int rounds, List<Runner> runners) {
        this.name = name;
        this.rounds = rounds;
        this.runners = runners;
    }

    /** Runs it. */
    public static Race run(String name, int rounds, List<Contender> ways) throws Exception {
        List<Runner> runners = ways.stream().map(way -> new Runner(way, rounds)).toList();
        for (Contender way : ways) {
            way.lap().millis(); // what is loaded, compiled or mapped at first use
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < runners.size(); i++) {
                Runner runner = runners.get((round + i) % runners.size());
                runner.millis[round] = runner.way.lap().millis();
            }
        }
        return new Race(name, rounds, runners);
    }

    /** Notes how much of another way's bandwidth one reaches, if both took part. */
    public Race bandwidth(String way, String other) {
        find(way)
                .ifPresent(one -> find(other).ifPresent(two -> {
                    double work = (double) one.way.bytes() / two.way.bytes();
                    ratios.add(new Figures.Ratio(Figures.bandwidth(way, other), ratio(work, one, two)));
                }));
        return this;
    }

    /** Notes how many times as fast as another way one is, if both took part. */
    public Race speed(String way, String other) {
        find(way)
                .ifPresent(one -> find(other)
                        .ifPresent(
                                two -> ratios.add(new Figures.Ratio(Figures.speed(way, other), ratio(1, one, two)))));
        return this;
    }

    /** Notes how near a way comes to the slower of two others, of which it is made, if all took part. */
    Race speed(String way, String part, String other) {
        find(way)
                .ifPresent(whole -> find(part)
                        .ifPresent(one -> find(other).ifPresent(two -> {
                            double[] ratio = IntStream.range(0, rounds)
                                    .mapToDouble(round ->
                                            Math.max(one.millis[round], two.millis[round]) / whole.millis[round])
                                    .toArray();
                            ratios.add(new Figures.Ratio(Figures.speed(way, part, other), Quartiles.of(ratio)));
                        })));
        return this;
    }

    /** What was found. */
    public Figures figures() {
        List<Figures.Time> times = runners.stream()
                .map(runner -> new Figures.Time(runner.way.name(), runner.way.bytes(), Quartiles.of(runner.millis)))
                .toList();
        return new Figures(name, rounds, times, List.copyOf(ratios));
    }

    private Quartiles ratio(double work, Runner one, Runner two) {
        return Quartiles.of(IntStream.range(0, rounds)
                .mapToDouble(round -> work * two.millis[round] / one.millis[round])
                .toArray());
    }

    private Optional<Runner> find(String way) {
        return runners.stream().filter(runner -> runner.way.name().equals(way)).findFirst();
    }
}
