package dev.polyak.bench.peer;

import dev.polyak.bench.Result;
import dev.polyak.bench.Results;
import dev.polyak.bench.Scale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures start-up and runs the races against PyTorch by themselves, from the project's folder: {@code Peers [--full
 * [ROUNDS]]}.
 */
public final class Peers {
    private static final Path RESULTS = Path.of("jmh", "results");

    private Peers() {}

    /** Prints what it finds, and writes it below {@code jmh/results}. */
    public static void main(String[] args) throws Exception {
        Scale scale = args.length > 0 && args[0].equals("--full") ? Scale.FULL : Scale.SHORT;
        if (args.length > 1) {
            scale = scale.withRounds(Integer.parseInt(args[1]));
        }
        List<Result> findings = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        Path scratch = Files.createTempDirectory("polyak-peers");
        try (TorchPeer torch = TorchPeer.start()) {
            found(findings, StartUp.measure(scratch));
            PeerRaces.run(
                    torch,
                    scale,
                    Runtime.getRuntime().availableProcessors(),
                    scratch,
                    finding -> found(findings, finding));
        } finally {
            Files.delete(scratch);
        }
        Path file = RESULTS.resolve("peers-" + LocalDate.now(ZoneOffset.UTC) + ".json");
        Results.of(scale.name(), findings, leftOut).write(file);
        System.out.println(file);
    }

    private static void found(List<Result> findings, Result finding) {
        findings.add(finding);
        System.out.println(finding.figures().name());
        finding.figures()
                .times()
                .forEach(time -> System.out.printf(
                        "  %-28s %10.2f ms%n", time.way(), time.millis().median()));
        finding.verdicts()
                .forEach(verdict -> System.out.printf(
                        "  %.2f times as fast (%.2f to %.2f), asked %.2f%s%n",
                        verdict.speed().median(),
                        verdict.speed().lower(),
                        verdict.speed().upper(),
                        verdict.least(),
                        verdict.met() ? "" : ": MISSED"));
    }
}
