package dev.polyak.train;

import static java.util.Objects.requireNonNull;

import dev.polyak.ParameterStore;
import dev.polyak.cuda.CudaStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several handlers on one loop, under names: of a generator and a discriminator, or of one model with other settings.
 * Passes events on to all of them, in order; if one throws, the others still get the event.
 *
 * <pre>{@code
 * try (var averages = new AveragingHandlers()) {
 *     averages.attach("generator", AveragingHandler.builder(generator, rule).build());
 *     averages.attach("critic", AveragingHandler.builder(critic, rule).filter(UpdateFilter.every(2)).build());
 *     ...
 *     log(averages.momentum("generator"));
 * }
 * }</pre>
 *
 * <p>Evaluations are a matter of each {@linkplain #handlers() handler}. Of averages of one model only one can be in its
 * place at a time. For one thread at a time.
 */
public final class AveragingHandlers implements AutoCloseable {
    private final Map<String, AveragingHandler> handlers = new LinkedHashMap<>();
    /** The same, to be gone through without an iterator, so that events allocate nothing. */
    private final List<AveragingHandler> inOrder = new ArrayList<>();

    /** No handlers yet. */
    public AveragingHandlers() {}

    /**
     * Adds a handler under a name. If there is one of that name already, this is a warning: that one keeps its name and
     * the momentum that is read under it, and the new one gets the first free of {@code name_2}, {@code name_3}…
     *
     * @param name the name
     * @param handler the handler, which is closed with this
     * @return the name under which it has been added
     */
    public String attach(String name, AveragingHandler handler) {
        requireNonNull(name, "name");
        requireNonNull(handler, "handler");
        String free = name;
        for (int i = 2; handlers.containsKey(free); i++) {
            free = name + "_" + i;
        }
        if (!free.equals(name)) {
            System.getLogger("dev.polyak")
                    .log(
                            Level.WARNING,
                            "there is a handler ''{0}'' already, which keeps its name and its momentum; this one is ''{1}''",
                            name,
                            free);
        }
        handlers.put(free, handler);
        inOrder.add(handler);
        return free;
    }

    /**
     * The handlers.
     *
     * @return by name, in the order in which they were added; unmodifiable
     */
    public Map<String, AveragingHandler> handlers() {
        return Collections.unmodifiableMap(handlers);
    }

    /**
     * One handler.
     *
     * @param name its name
     * @return the handler
     * @throws IllegalArgumentException if there is none of that name
     */
    public AveragingHandler handler(String name) {
        requireNonNull(name, "name");
        AveragingHandler handler = handlers.get(name);
        if (handler == null) {
            throw new IllegalArgumentException("there is no handler '" + name + "'; there are " + handlers.keySet());
        }
        return handler;
    }

    /**
     * The current momentum of a handler.
     *
     * @param name its name
     * @return what its {@link AveragingHandler#momentum()} says
     * @throws IllegalArgumentException if there is none of that name
     */
    public double momentum(String name) {
        requireNonNull(name, "name");
        return handler(name).momentum();
    }

    /**
     * A checkpoint is about to be written: passes {@link AveragingHandler#checkpointSaving()} on.
     *
     * @return the states, by name; to each belong the averages of its handler
     * @throws IllegalStateException if an average is closed or torn
     */
    public Map<String, HandlerState> checkpointSaving() {
        Map<String, HandlerState> states = new LinkedHashMap<>();
        handlers.forEach((name, handler) -> states.put(name, handler.checkpointSaving()));
        return Collections.unmodifiableMap(states);
    }

    /**
     * A checkpoint has been loaded: passes {@link AveragingHandler#checkpointLoaded} on.
     *
     * @param states what was saved, by name
     * @param numbers gives the averages of the handler of a name
     * @throws IllegalArgumentException if the names are others than those of the handlers, in which case nothing has
     *     changed; or if one of them refuses what it gets
     */
    public void checkpointLoaded(Map<String, HandlerState> states, Function<String, List<ParameterStore>> numbers) {
        requireNonNull(states, "states");
        requireNonNull(numbers, "numbers");
        if (!states.keySet().equals(handlers.keySet())) {
            throw new IllegalArgumentException(
                    "the checkpoint is one of the handlers " + new TreeSet<>(states.keySet()) + ", but there are "
                            + new TreeSet<>(handlers.keySet()) + ": attach them under the names that were saved");
        }
        handlers.forEach((name, handler) -> handler.checkpointLoaded(
                Objects.requireNonNull(states.get(name)), numbers.apply(name).toArray(ParameterStore[]::new)));
    }

    /** Passes {@link AveragingHandler#optimizerStepping()} on. */
    public void optimizerStepping() {
        forEach(AveragingHandler::optimizerStepping);
    }

    /**
     * Passes {@link AveragingHandler#optimizerStepping(CudaStream)} on.
     *
     * @param stream the stream of the optimizer step
     */
    public void optimizerStepping(CudaStream stream) {
        requireNonNull(stream, "stream");
        forEach(handler -> handler.optimizerStepping(stream));
    }

    /**
     * Passes {@link AveragingHandler#iterationCompleted(CudaStream)} on.
     *
     * @param stream the stream that trains
     */
    public void iterationCompleted(CudaStream stream) {
        requireNonNull(stream, "stream");
        forEach(handler -> handler.iterationCompleted(stream));
    }

    /** Passes {@link AveragingHandler#iterationCompleted()} on. */
    public void iterationCompleted() {
        forEach(AveragingHandler::iterationCompleted);
    }

    /** Passes {@link AveragingHandler#epochCompleted()} on. */
    public void epochCompleted() {
        forEach(AveragingHandler::epochCompleted);
    }

    /** Closes all handlers. A second call does nothing. */
    @Override
    public void close() {
        forEach(AveragingHandler::close);
    }

    private void forEach(Consumer<AveragingHandler> event) {
        @Nullable RuntimeException failure = null;
        for (int i = 0; i < inOrder.size(); i++) {
            try {
                event.accept(inOrder.get(i));
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
