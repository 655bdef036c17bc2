package dev.polyak.checkpoint.framework.scheme;

import static java.util.Objects.requireNonNull;

import dev.polyak.AverageCounters;
import dev.polyak.HostStore;
import dev.polyak.rule.AverageRule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** A framework's way to name what it saves of an average. */
public enum StateScheme {
    /** timm: {@code state_dict.*} and {@code state_dict_ema.*}; counts no calls. */
    TIMM,
    /**
     * mmengine's EMAHook: {@code state_dict.*} with the average, {@code ema_state_dict.module.*} with the raw weights,
     * {@code ema_state_dict.steps} and {@code meta.iter}.
     */
    MMENGINE,
    /** PyTorch's AveragedModel: {@code module.*} and {@code n_averaged}; the model is saved by itself. */
    TORCH,
    /**
     * Composer's EMA: {@code state.model.*} and {@code state.algorithms.EMA.ema_model.named_parameters_dict.*} (and
     * {@code named_buffers_dict.*}), in each other's place if {@code state.algorithms.EMA.ema_weights_active}.
     */
    COMPOSER,
    /**
     * Lightning's WeightAveraging: {@code state_dict.*} with the average, {@code current_model_state.*} with the raw
     * weights, {@code averaging_state.n_averaged} and {@code global_step}.
     */
    LIGHTNING,
    /**
     * diffusers' EMAModel: {@link #DIFFUSERS_TENSORS} and {@link #DIFFUSERS_CONFIG}, the two files of its folder; the
     * model is saved by itself.
     */
    DIFFUSERS;

    /** What the averaged tensors' names begin with in diffusers' states: the name of their file. */
    public static final String DIFFUSERS_TENSORS = "diffusion_pytorch_model.";
    /** What the arguments' names begin with in diffusers' states: the name of their file. */
    public static final String DIFFUSERS_CONFIG = "config.";

    /**
     * Looks a framework up.
     *
     * @param label its name in small letters
     * @return its scheme; empty if there is none
     */
    public static Optional<StateScheme> labelled(String label) {
        requireNonNull(label, "label");
        return Arrays.stream(values())
                .filter(scheme -> scheme.label().equals(label))
                .findFirst();
    }

    /**
     * Finds out which framework wrote a state.
     *
     * @param state the state
     * @return its scheme
     * @throws SchemeException if no framework's average is in it, or those of several
     */
    public static StateScheme detect(HostStore state) throws SchemeException {
        requireNonNull(state, "state");
        Entries entries = new Entries(state);
        List<StateScheme> found = Arrays.stream(values())
                .filter(scheme -> scheme.naming().recognises(entries))
                .toList();
        if (found.isEmpty()) {
            throw new SchemeException("has no average under the names of any of " + labels(List.of(values()))
                    + "; name the scheme if the training had none yet");
        }
        if (found.size() > 1) {
            throw new SchemeException(
                    "has averages under the names of " + labels(found) + "; name the scheme that you mean");
        }
        return found.get(0);
    }

    /**
     * Finds the parts of a state.
     *
     * @param state the state, which has to stay open as long as they are used
     * @return the parts: nothing is copied
     * @throws SchemeException if something that the framework cannot do without is missing, or is not as it writes it
     */
    public SavedState read(HostStore state) throws SchemeException {
        requireNonNull(state, "state");
        return naming().read(new Entries(state));
    }

    /**
     * Puts a state together, as the framework saves it.
     *
     * @param state an average and its model, which have to stay open and as they are as long as the result is used
     * @return the tensors with the framework's names: nothing is copied; to be closed by the caller
     * @throws SchemeException if the framework cannot have saved it
     */
    public HostStore write(AveragedState state) throws SchemeException {
        requireNonNull(state, "state");
        if (state.rule().startsAtZero()) {
            throw new SchemeException("cannot be written: an average that begins at zero would be taken by " + label()
                    + " for one that does not; save it as Polyak's own");
        }
        StateBuilder builder = new StateBuilder();
        naming().write(state, builder);
        return builder.build();
    }

    /**
     * How far an average has come, by a rule that numbers its calls from 1, one for every step of the training.
     *
     * @param state what was saved
     * @param rule how the average goes on
     * @param told how many steps the training has made; if empty, what the state says, or what its count of calls
     *     leaves as the only possibility
     * @return the counters
     * @throws SchemeException if that number is not to be found, or contradicts what was counted
     * @throws IllegalArgumentException if the number of steps is negative, or larger than 2³²
     */
    public AverageCounters counters(SavedState state, AverageRule rule, OptionalLong told) throws SchemeException {
        requireNonNull(state, "state");
        requireNonNull(rule, "rule");
        requireNonNull(told, "told");
        if (told.isPresent() && (told.getAsLong() < 0 || told.getAsLong() > CallCounter.MOST)) {
            throw new IllegalArgumentException(
                    "a training makes 0 to " + CallCounter.MOST + " steps, not " + told.getAsLong());
        }
        CallCounter counter = naming().counter(rule);
        OptionalLong steps = told.isPresent() ? told : state.steps();
        if (state.average().isEmpty() && state.counted().isExact()) {
            return counter.counters(startingOver(counter, steps));
        }
        if (steps.isPresent() && state.counted().allow(counter.counted(steps.getAsLong()))) {
            return counter.counters(steps.getAsLong());
        }
        if (told.isPresent()) {
            throw new SchemeException("counts " + state.counted() + " calls of the averaged model, and this rule makes "
                    + counter.counted(told.getAsLong()) + " in " + told.getAsLong()
                    + " steps; check the number of steps, and the rule");
        }
        long fewest =
                state.counted().isExact() ? counter.reaching(state.counted().least()) : -1;
        if (fewest < 0 || !counter.counts(fewest + 1)) {
            throw new SchemeException(
                    "does not say how many steps the training had made, on which this rule depends; tell it");
        }
        return counter.counters(fewest);
    }

    /**
     * Whether the framework refuses to go on with an average that has not exactly its model's tensors.
     *
     * @return true if it refuses, false if it only reports them
     */
    public boolean isStrict() {
        return naming().isStrict();
    }

    /**
     * The framework's name.
     *
     * @return the name in small letters
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private Naming naming() {
        return switch (this) {
            case TIMM -> new TimmNames();
            case MMENGINE -> new MmengineNames();
            case TORCH -> new TorchNames();
            case COMPOSER -> new ComposerNames();
            case LIGHTNING -> new LightningNames();
            case DIFFUSERS -> new DiffusersNames();
        };
    }

    private static long startingOver(CallCounter counter, OptionalLong steps) throws SchemeException {
        long calls = steps.isEmpty() ? 0 : counter.startingOver(steps.getAsLong());
        if (calls < 0) {
            throw new SchemeException("has no average, and this rule cannot begin anew after " + steps.getAsLong()
                    + " steps; begin with a rule that is due at every step, or at a step that is");
        }
        return calls;
    }

    private static String labels(List<StateScheme> schemes) {
        return schemes.stream().map(StateScheme::label).collect(Collectors.joining(", "));
    }
}
