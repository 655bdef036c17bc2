package dev.polyak.bench;

import dev.polyak.bench.Comparison.Subject;
import dev.polyak.bench.lab.JvmBackend;
import dev.polyak.bench.lab.OpenExperiment;
import dev.polyak.bench.lab.Worker;
import dev.polyak.gpucheck.base.ResourceScope;
import dev.polyak.gpucheck.measure.Contender;
import dev.polyak.gpucheck.measure.Figures;
import dev.polyak.gpucheck.measure.Race;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds answers, in JVMs of their own. What one chapter did to its JVM is nothing to the next. */
final class JvmPool implements AutoCloseable {
    private final Path scratch;
    private final int rounds;
    private final Map<JvmBackend, Worker> workers = new HashMap<>();
    private String chapter = "";

    /** A laboratory whose files go to a folder, and which times each way so often. */
    JvmPool(Path scratch, int rounds) {
        this.scratch = scratch;
        this.rounds = rounds;
    }

    /** The answer to a question. */
    Result answer(Comparison question) throws Exception {
        if (!question.chapter().equals(chapter)) {
            close();
            chapter = question.chapter();
        }
        try (ResourceScope opened = new ResourceScope()) {
            Map<Subject, OpenExperiment> experiments = new LinkedHashMap<>();
            for (Subject subject : question.subjects()) {
                experiments.put(subject, opened.keep(worker(subject.flavor()).open(subject.spec())));
            }
            return race(question, experiments);
        } catch (Exception e) {
            close(); // what failed may have ended its JVM: the next question gets another
            throw e;
        }
    }

    private Result race(Comparison question, Map<Subject, OpenExperiment> experiments) throws Exception {
        List<Contender> ways = new ArrayList<>();
        experiments.forEach((subject, opened) -> {
            opened.ways().forEach(way -> ways.add(labelled(subject, way)));
            opened.limits().forEach(way -> ways.add(labelled(subject, way)));
        });
        Race race = Race.run(question.chapter() + ": " + question.name(), rounds, ways);
        Figures times = race.figures();
        Map<String, String> limits = new LinkedHashMap<>();
        experiments.forEach((subject, opened) -> limitsOf(subject, experiments).stream()
                .max(Comparator.comparingDouble(limit -> times.time(limit).gigabytesPerSecond()))
                .ifPresent(limit -> opened.ways().forEach(way -> {
                    limits.put(subject.labelled(way.name()), limit);
                    race.bandwidth(subject.labelled(way.name()), limit);
                })));
        question.requirements().forEach(required -> race.speed(required.way(), required.other()));
        Figures figures = race.figures();
        return new Result(
                question.chapter(),
                experiments.values().iterator().next().elements(),
                figures,
                limits,
                question.requirements().stream()
                        .flatMap(required -> figures
                                .ratio(Figures.speed(required.way(), required.other()))
                                .map(found -> new Result.Verdict(
                                        required.way(),
                                        required.other(),
                                        required.least(),
                                        found.spread(),
                                        required.isMet(found.spread())))
                                .stream())
                        .toList());
    }

    /**
     * Its own limits and those of the subjects before it, as nobody is slower for having more threads; where there are
     * none, as for a backend, everybody's.
     */
    private static List<String> limitsOf(Subject subject, Map<Subject, OpenExperiment> experiments) {
        List<String> limits = new ArrayList<>();
        for (Map.Entry<Subject, OpenExperiment> other : experiments.entrySet()) {
            other.getValue().limits().forEach(limit -> limits.add(other.getKey().labelled(limit.name())));
            if (other.getKey().equals(subject) && !limits.isEmpty()) {
                break;
            }
        }
        return limits;
    }

    private static Contender labelled(Subject subject, Contender way) {
        return new Contender(subject.labelled(way.name()), way.bytes(), way.lap());
    }

    private Worker worker(JvmBackend flavor) throws IOException {
        Worker worker = workers.get(flavor);
        if (worker == null) {
            worker = Worker.start(flavor, scratch);
            workers.put(flavor, worker);
        }
        return worker;
    }

    @Override
    public void close() {
        workers.values().forEach(Worker::close);
        workers.clear();
    }
}
