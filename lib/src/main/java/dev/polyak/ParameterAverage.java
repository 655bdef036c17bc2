package dev.polyak;

import static java.util.Objects.requireNonNull;

import dev.polyak.cuda.CudaStream;
import dev.polyak.error.CudaException;
import dev.polyak.error.MemoryLostException;
import dev.polyak.error.NonFiniteException;
import dev.polyak.error.UpdateFailedException;
import dev.polyak.internal.offload.AverageGroup;
import dev.polyak.internal.store.Occupant;
import dev.polyak.offload.Offload;
import dev.polyak.offload.OffloadStats;
import dev.polyak.rule.AverageRule;
import dev.polyak.tensor.LayoutMatch;
import dev.polyak.tensor.ParameterLayout;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A running average of a model's parameters: a {@linkplain ParameterStore store} that follows another, as an
 * {@linkplain AverageRule rule} says; or several averages, under a rule each, that share every reading of the model.
 *
 * <pre>{@code
 * try (var ema = ParameterAverage.builder(model).schedule(Schedules.decay(0.999)).build()) {
 *     for (...) {
 *         trainStep(model);
 *         ema.update();
 *     }
 *     try (var swapped = ema.swap()) {
 *         evaluate(model); // with the averaged weights, which leave again whatever happens
 *     }
 * }
 * }</pre>
 *
 * <p>An update reads source and average once, writes the average once, and allocates nothing on the Java heap. With K
 * averages it reads the source once for all: 4 + 8K bytes an element of binary32 instead of 12K. Its result is the same
 * in every bit whatever the machine's vectors and the number of threads.
 *
 * <p>An average is in one of four states. It is <em>live</em> when it is built, and everything is allowed.
 * {@link #swap()} makes it <em>swapped</em>, until the scope is closed: it is in its model's place, and can neither be
 * read here nor changed. If memory is lost in the middle of a change (a mapped source is truncated, a foreign arena
 * closed), it is <em>torn</em>: only {@link #restart()} and {@link #restore} are allowed, and make it live again.
 * {@link #close()} makes it <em>closed</em> for good. What a state does not allow throws an
 * {@link IllegalStateException}.
 *
 * <p>For one thread at a time, but for {@link #reading()}; several objects may follow one source at once.
 */
public final class ParameterAverage implements AutoCloseable {
    private final AverageGroup group;
    private final NonFinitePolicy nonFinite;
    private final List<AverageView> averages;

    ParameterAverage(AverageGroup group, NonFinitePolicy nonFinite) {
        this.group = group;
        this.nonFinite = nonFinite;
        averages = IntStream.range(0, group.memory().size())
                .mapToObj(k -> new AverageView(group, k))
                .toList();
    }

    /**
     * Begins an average of a store.
     *
     * @param online the store whose numbers change as the model is trained
     * @return a builder
     */
    public static AverageBuilder builder(ParameterStore online) {
        requireNonNull(online, "online");
        return new AverageBuilder(online);
    }

    /**
     * Records one training step: mixes the source in, copies it, or neither, as the {@linkplain #rule() rule} says. If
     * it throws anything but a {@link MemoryLostException}, the average is as it was.
     *
     * <p>An average on the model's device is updated on return; should another thread be {@linkplain #reading()
     * reading} it, the update waits for that. For one on another device the model is read on return, and the update may
     * still be under way.
     *
     * @return the update
     * @throws IllegalStateException if the average is not live, another average is in the model's place, the rule has
     *     no weight for this call, or this thread is reading the average and the update would have to wait for that
     * @throws NonFiniteException if the source holds an infinity or a NaN and the policy is
     *     {@link NonFinitePolicy#ABORT}
     * @throws UpdateFailedException if an update before, in the background, failed, and nobody has asked its ticket;
     *     this call has not been counted
     * @throws WrongThreadException if memory is confined to another thread
     * @throws MemoryLostException if memory was lost meanwhile; the average is then torn
     */
    public UpdateTicket update() {
        return group.call(null);
    }

    /**
     * Records one training step of a model on a GPU, behind the work that a stream has been given so far, and before
     * what it is given later: only enqueued on return. Reading the average ({@link #store}, {@link #swap()}, saving)
     * waits for it.
     *
     * <p>If average and model share a device, everything is enqueued on the stream. Before work on another stream
     * writes to the model, that stream must wait at the ticket's {@linkplain UpdateTicket#gate gate}. With
     * {@link NonFinitePolicy#SKIP_UPDATE} and {@link NonFinitePolicy#ABORT} this method waits for the model's numbers
     * to be looked at.
     *
     * <p>Of an average on another device the numbers are read beside the stream's further work: whatever writes to the
     * model's parameters waits at the gate first (see {@link Offload}). An update whose gate nobody has waited at and
     * which is still reading when the next begins is discarded, and the next throws.
     *
     * @param stream the stream that trains, of the model's device
     * @return the update, perhaps under way
     * @throws IllegalArgumentException if the model is not on the stream's GPU
     * @throws IllegalStateException as {@link #update()}
     * @throws NonFiniteException as {@link #update()}
     * @throws UpdateFailedException as {@link #update()}
     * @throws CudaException if the work cannot be enqueued; the average is then as it was
     */
    public UpdateTicket update(CudaStream stream) {
        requireNonNull(stream, "stream");
        Device device = online().device();
        if (device.type() != Device.Type.CUDA || device.index() != stream.device()) {
            throw new IllegalArgumentException("the model is on " + device + ", the stream on cuda:" + stream.device()
                    + ": give a stream of the model's");
        }
        return group.call(stream);
    }

    /**
     * One of several averages; the methods of this object without a number are those of the first.
     *
     * @param which number of the average, from 0, in the order of the rules
     * @return the average
     * @throws IndexOutOfBoundsException if there is no such average
     */
    public AverageView average(int which) {
        return averages.get(which);
    }

    /**
     * The averages, of which all methods without a number mean the first.
     *
     * @return one for each rule, in order; unmodifiable
     */
    public List<AverageView> averages() {
        return averages;
    }

    /**
     * Exchanges the (first) average and the model: until the returned scope is closed, {@link #online} holds the
     * average and nothing can be updated.
     *
     * <p>Where both are kept in the same types this is done in place, without further memory. Where they differ (an
     * average in binary32 of a bfloat16 model), or the average is debiased, the model's numbers are parked in host
     * memory meanwhile, which takes as many bytes as the model has; the average, rounded to the model's types, takes
     * their place.
     *
     * <p>The model is for reading meanwhile. Its store refuses to be written to; that an evaluation writes to the
     * memory itself, as BatchNorm in training mode does to its buffers, cannot be noticed: what it writes is lost, or,
     * after an exchange in place, stays in the average.
     *
     * @return the scope; its {@code close()} brings the model's numbers back, bit for bit
     * @throws IllegalStateException if the average is not live, another average is in the model's place, or this thread
     *     is reading the average
     * @throws UnsupportedOperationException if the model's store is read-only
     * @throws OutOfMemoryError if there is no memory to park the model's numbers in; nothing has changed then
     * @throws MemoryLostException if memory is lost meanwhile; the average is torn if it was being exchanged
     */
    public SwappedAverage swap() {
        return averages.get(0).swap();
    }

    /**
     * The numbers of the (first) average, as they are kept: not debiased.
     *
     * @return the average's own store, to be read, saved or evaluated; it lives as long as this average, and closing it
     *     does nothing
     * @throws IllegalStateException if the average is not live, or an update is under way and this thread is reading
     * @throws UpdateFailedException if an update in the background failed, and nobody has asked its ticket
     */
    public ParameterStore store() {
        return averages.get(0).store();
    }

    /**
     * A copy of the (first) average, {@linkplain AverageRule#debiasing debiased}.
     *
     * @return a store of its own, to be closed by the caller
     * @throws IllegalStateException as {@link #store()}
     * @throws OutOfMemoryError if there is no memory for the copy
     */
    public ParameterStore value() {
        return averages.get(0).value();
    }

    /**
     * Keeps the averages from changing while they are read: what is read is one complete update, and training goes on
     * meanwhile, as far as its updates find room in the background. For any thread. The thread that opens the reading
     * waits for nothing that its end would have to come before: what cannot be had without is refused. Another thread
     * that is to close the reading must see to that itself: it asks the reading alone.
     *
     * @return the scope, with the averages' numbers and counters; updates go on when it is closed, by any thread
     * @throws IllegalStateException if the average is not live
     */
    public AverageReading reading() {
        return new AverageReading(group);
    }

    /**
     * What an average on another device than its model has cost so far.
     *
     * @return the figures; all 0 for an average that is updated at once
     */
    public OffloadStats stats() {
        return group.stats();
    }

    /**
     * The store that is averaged.
     *
     * @return the store given to the builder
     */
    public ParameterStore online() {
        return group.online();
    }

    /**
     * The model's own numbers, wherever they are: in its {@linkplain #online() store}, or where they have been put
     * while this or another average is in their place.
     *
     * @return a store of the model's layout, good until the next swap begins or ends
     */
    public ParameterStore model() {
        Occupant occupant = group.online().occupant();
        return occupant == null ? online() : occupant.model();
    }

    /**
     * The tensors of the average.
     *
     * @return those of the model that the rule holds, in the types in which they are kept
     */
    public ParameterLayout layout() {
        return group.memory().get(0).layout();
    }

    /**
     * How the (first) average is made.
     *
     * @return the rule
     */
    public AverageRule rule() {
        return averages.get(0).rule();
    }

    /**
     * How each of the averages is made.
     *
     * @return the rules, in order
     */
    public List<AverageRule> rules() {
        return averages.stream().map(AverageView::rule).toList();
    }

    /**
     * What an update does with infinities and NaNs in the source.
     *
     * @return the policy that the averages were built with
     */
    public NonFinitePolicy nonFinite() {
        return nonFinite;
    }

    /**
     * How far the (first) average has come. In every state.
     *
     * @return the counters, to be saved with the {@linkplain #store() numbers}
     * @throws IllegalStateException if an update is under way and this thread is reading:
     *     {@link AverageReading#counters()} has those of what it reads
     * @throws UpdateFailedException as {@link #store()}
     */
    public AverageCounters counters() {
        return averages.get(0).counters();
    }

    /**
     * What was left out because of infinities and NaNs in the source.
     *
     * @return elements that {@link NonFinitePolicy#SKIP_ELEMENT} left, over all updates and averages
     * @throws IllegalStateException if an update is under way and this thread is reading
     * @throws UpdateFailedException as {@link #store()}
     */
    public long skippedElements() {
        return group.skippedElements();
    }

    /**
     * What was left out because of infinities and NaNs in the source.
     *
     * @return updates that {@link NonFinitePolicy#SKIP_UPDATE} left so far (one under way is not looked at yet); they
     *     count as calls, not as updates
     */
    public long skippedUpdates() {
        return group.skippedUpdates();
    }

    /**
     * Begins anew from the model's present numbers, as the builder did; a torn average is whole again. Allocates
     * nothing on the Java heap.
     *
     * @throws IllegalStateException if the average is closed or swapped in, another average is in the model's place, or
     *     this thread is reading
     * @throws MemoryLostException if the model's memory is gone; the average is then torn
     */
    public void restart() {
        group.restart();
    }

    /**
     * Goes on from a saved state: numbers and counters. A torn average is whole again.
     *
     * @param state how far the saved average had come; of several, each
     * @param numbers its numbers, matched {@linkplain LayoutMatch by name}; one store for each rule
     * @throws IllegalArgumentException if there are not as many stores as rules, or a tensor has no counterpart of its
     *     shape in the numbers; nothing has changed then
     * @throws IllegalStateException if the average is closed or swapped in, or this thread is reading
     * @throws MemoryLostException if the numbers are lost while they are read; the average is then torn
     */
    public void restore(AverageCounters state, ParameterStore... numbers) {
        requireNonNull(state, "state");
        requireNonNull(numbers, "numbers");
        group.restore(Collections.nCopies(averages.size(), state), List.of(numbers));
    }

    /**
     * Goes on from the saved state of several averages.
     *
     * @param states how far each of them had come, as {@link AverageReading#counters(int)} said; in the same calls
     * @param numbers their numbers, matched {@linkplain LayoutMatch by name}
     * @throws IllegalArgumentException if there are not as many of either as rules, the calls are not the same, or a
     *     tensor has no counterpart of its shape in the numbers; nothing has changed then
     * @throws IllegalStateException if the average is closed or swapped in, or this thread is reading
     * @throws MemoryLostException if the numbers are lost while they are read; the average is then torn
     */
    public void restore(List<AverageCounters> states, List<? extends ParameterStore> numbers) {
        requireNonNull(states, "states");
        requireNonNull(numbers, "numbers");
        group.restore(states, numbers);
    }

    /**
     * Frees the average's memory. Swapped numbers are brought back first; readings and an update under way are waited
     * for, up to half a minute. A second call does nothing if all could be freed, else it frees the rest. If a GPU
     * fails so that swapped numbers cannot be brought back, nothing is freed, {@link #model()} still has them, and a
     * second call frees all whether they come back or not.
     *
     * @throws IllegalStateException if this thread is reading, another does not end its reading, or an update does not
     *     end
     * @throws MemoryLostException if swapped numbers cannot be brought back
     * @throws CudaException if a GPU fails; everything that can be freed is
     */
    @Override
    public void close() {
        group.close();
    }

    /** What the average is and how far it has come, without waiting for anything. */
    @Override
    public String toString() {
        return "ParameterAverage[" + group + "]";
    }
}
