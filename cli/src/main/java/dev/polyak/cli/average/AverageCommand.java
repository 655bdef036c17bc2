package dev.polyak.cli.average;

import dev.polyak.AverageRule;
import dev.polyak.BufferPolicy;
import dev.polyak.IntegerPolicy;
import dev.polyak.cli.console.Failure;
import dev.polyak.cli.console.Json;
import dev.polyak.cli.console.Wording;
import dev.polyak.schedule.Order;
import dev.polyak.schedule.Schedule;
import dev.polyak.schedule.Warmup;
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
            "polyak average (--ema DECAY | --momentum M | --half-life N | --swa |",
            "                --weights A,B,...) [OPTION]... -o OUT FILE..."
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
            "Example:",
            "  polyak average --ema 0.999 -o ema.safetensors step-*.safetensors"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class AverageCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final Rule rule = new Rule();

    @Option(
            names = "--warmup",
            paramLabel = "WARMUP",
            converter = OptionValues.Warmups.class,
            description = "How an exponential average begins; see below.")
    private @Nullable Warmup warmup;

    @Option(
            names = "--every",
            paramLabel = "K",
            defaultValue = "1",
            description = "File k, the first being 0, updates the average if k mod K = 0. (default: ${DEFAULT-VALUE})")
    private int every;

    @Option(
            names = "--start",
            paramLabel = "N",
            defaultValue = "0",
            description = "Files before the N-th, the first being 0, are copied.")
    private long start;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            defaultValue = "lerp",
            converter = OptionValues.Orders.class,
            completionCandidates = OptionValues.Orders.class,
            description =
                    "Order of the floating-point operations: ${COMPLETION-CANDIDATES}. (default: ${DEFAULT-VALUE})")
    private Order order;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "keep",
            converter = FloatType.Kept.class,
            completionCandidates = FloatType.Kept.class,
            description =
                    "Type of the average, to which it is rounded at every update: ${COMPLETION-CANDIDATES}. (default: ${DEFAULT-VALUE})")
    private FloatType dtype;

    @Option(
            names = "--accumulate",
            paramLabel = "TYPE",
            converter = FloatType.Accumulated.class,
            completionCandidates = FloatType.Accumulated.class,
            description =
                    "Keep the average in this wider type until the end, and round once: ${COMPLETION-CANDIDATES}.")
    private FloatType accumulate = FloatType.KEEP;

    @Option(
            names = "--buffers",
            paramLabel = "POLICY",
            defaultValue = "copy",
            converter = OptionValues.Buffers.class,
            completionCandidates = OptionValues.Buffers.class,
            description =
                    "What becomes of buffers, such as BatchNorm's statistics: ${COMPLETION-CANDIDATES}. (default: ${DEFAULT-VALUE})")
    private BufferPolicy buffers;

    @Option(
            names = "--integers",
            paramLabel = "POLICY",
            converter = OptionValues.Integers.class,
            completionCandidates = OptionValues.Integers.class,
            description =
                    "What becomes of integers: ${COMPLETION-CANDIDATES}; truncate averages them and cuts the fraction off."
                            + " (default: copy, or freeze with --buffers freeze)")
    private @Nullable IntegerPolicy integers;

    @Option(
            names = "--buffer-pattern",
            paramLabel = "GLOB",
            description =
                    "Take tensors of such names for buffers too (* any characters, ? one). May be repeated. Without it:"
                            + " *.running_mean, *.running_var, *.num_batches_tracked and integers, or what a saved average has recorded.")
    private List<String> bufferPatterns = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Use at most N threads; the result is the same. (default: all processors)")
    private @Nullable Integer threads;

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
        AverageRule all = averageRule();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        AverageReport report = new AverageJob(files, all, bufferPatterns, dtype, accumulate, threads, output).run(err);
        if (json) {
            Json.print(out, report::write);
        } else {
            report.print(out);
        }
        return 0;
    }

    private AverageRule averageRule() {
        if (rule.count() != 1) {
            throw misuse("choose one of --ema, --momentum, --half-life, --swa and --weights");
        }
        if (warmup != null && !rule.isExponential()) {
            throw misuse("--warmup goes with --ema, --momentum or --half-life");
        }
        if (threads != null && threads < 1) {
            throw misuse("--threads must be at least 1, not " + threads);
        }
        if (accumulate.isNarrowerThan(dtype)) {
            throw misuse("--accumulate " + accumulate + " is narrower than --dtype " + dtype);
        }
        try {
            Schedule base = rule.schedule(every);
            Schedule schedule = warmup == null ? base : base.warmup(warmup);
            AverageRule all = new AverageRule(schedule, order, every, start, buffers, integerPolicy());
            requireWeights(all);
            return all;
        } catch (IllegalArgumentException e) {
            throw misuse(String.valueOf(e.getMessage()));
        }
    }

    private IntegerPolicy integerPolicy() {
        if (integers != null) {
            return integers;
        }
        return buffers == BufferPolicy.FREEZE ? IntegerPolicy.FREEZE : IntegerPolicy.COPY;
    }

    private void requireWeights(AverageRule all) {
        int given = rule.weightCount();
        int needed = 1 + Calls.of(all, files.size()).updates().size();
        if (given >= 0 && given != needed) {
            throw misuse("--weights needs one number for the first file and one for each update, " + needed + " for "
                    + Wording.count(files.size(), "file") + ", not " + given);
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
