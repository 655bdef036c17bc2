package dev.polyak.cli.average;

import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.rule.Averages;
import dev.polyak.cli.rule.RuleOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polyak average}: the options, and what they mean together. */
@Command(
        name = "average",
        description = {
            "Average checkpoints in the order given.",
            "",
            "The first file is the state from which the average begins, each further one the model one training step later."
                    + " Files may be larger than memory.",
            ""
        },
        customSynopsis = {
            "polyak average (--as CALL | --ema DECAY | --momentum M | --half-life N |",
            "                --cosine FROM:TO:STEPS | --swa | --weights A,B,...) [OPTION]... -o OUT FILE..."
        },
        sortOptions = false,
        footer = {
            "",
            "Warmups; n = 1, 2, ... counts the updates:",
            "  linear:FROM:ITERS      weight from FROM at n = 1 to the final one at n = ITERS",
            "  inverse-gamma:GAMMA:POWER[:MIN]",
            "                         decay clamp(1 - (1 + n/GAMMA)^-POWER, MIN, DECAY)",
            "  annealing:GAMMA        weight max(M, GAMMA/(GAMMA + n))",
            "  ramp                   decay min(DECAY, (1 + n)/(10 + n))",
            "",
            "Orders, and who computes so (the last bits differ):",
            "  lerp                   mmengine, timm V3, torch multi_avg_fn, ema-pytorch",
            "  mul-add                Ignite, fairseq, NeMo",
            "  blend                  timm V1 and V2, Composer, torch avg_fn, Keras, optax",
            "  step-back              diffusers, TensorFlow",
            "  step-back-fused        diffusers with foreach",
            "  towards                mmengine's SWA",
            "  mean                   torch SWA",
            "",
            "A call that makes several averages writes a file for each, such as",
            "OUT-0.050.safetensors. What a system debiases (optax, TensorFlow) is written",
            "debiased, for use: its training cannot be resumed from that file.",
            "",
            "Examples:",
            "  polyak average --ema 0.999 -o ema.safetensors step-*.safetensors",
            "  polyak average --as 'timm.ModelEmaV3(model, use_warmup=True)' \\",
            "         -o ema.safetensors step-*.safetensors"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class AverageCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final RuleOptions rule = new RuleOptions();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = FloatType.Kept.class,
            completionCandidates = FloatType.Kept.class,
            description =
                    "Type of the average, to which it is rounded at every update: ${COMPLETION-CANDIDATES}. (default: keep, or what"
                            + " the call of --as keeps)")
    private @Nullable FloatType dtype;

    @Option(
            names = "--accumulate",
            paramLabel = "TYPE",
            converter = FloatType.Accumulated.class,
            completionCandidates = FloatType.Accumulated.class,
            description =
                    "Keep the average in this wider type until the end, and round once: ${COMPLETION-CANDIDATES}.")
    private FloatType accumulate = FloatType.KEEP;

    @Mixin
    private final FoldingOptions options = new FoldingOptions();

    @Option(names = "--json", description = "Print a summary as JSON.")
    private boolean json;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = "The average: a safetensors file, replaced if it is there.")
    private Path output;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "A safetensors file; or a folder or *.safetensors.index.json of a sharded checkpoint.")
    private List<Path> files;

    /** The command, without its arguments yet. */
    public AverageCommand() {}

    @Override
    public Integer call() throws Failure, IOException {
        Averages averages = rule.averages(files.size() - 1);
        FloatType kept =
                dtype != null ? dtype : averages.dtype().map(FloatType::new).orElse(FloatType.KEEP);
        if (accumulate.isNarrowerThan(kept)) {
            throw misuse("--accumulate " + accumulate + " is narrower than --dtype " + kept);
        }
        // What is stored for a synthesis has the types that its call says.
        if (averages.synthesis().isPresent()
                && (dtype != null || accumulate.chosen().isPresent())) {
            throw misuse("--dtype and --accumulate do not go with synthesize_ema_model, whose call says the types");
        }
        Folding folding = options.folding(kept, accumulate);
        PrintWriter err = spec.commandLine().getErr();
        AverageReport report;
        if (averages.synthesis().isPresent()) {
            report = new SynthesisJob(files, averages, averages.synthesis().get(), folding, output).run(err);
        } else {
            report = new AverageJob(files, Target.of(averages, output), folding).run(err);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, report::write);
        } else {
            report.print(out);
        }
        return 0;
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
