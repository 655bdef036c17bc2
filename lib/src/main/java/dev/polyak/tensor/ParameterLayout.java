package dev.polyak.tensor;

import static java.util.Objects.requireNonNull;

import dev.polyak.internal.text.Suggestions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model: for each its {@linkplain TensorSpec name, element type, shape, role} and its offset in a
 * store that is one allocation. Several names may share one tensor (tied weights): these have one offset, and are
 * averaged once.
 *
 * <p>Immutable.
 */
public final class ParameterLayout {
    /**
     * Every tensor of an allocated store begins at a multiple of this many bytes: a cache line, and the widest vector.
     */
    public static final long ALIGNMENT = 64;

    private final List<TensorSpec> tensors;
    private final int[] owners;
    private final long[] offsets;
    private final long byteSize;
    private final Map<String, Integer> indexes;

    private ParameterLayout(List<TensorSpec> tensors, int[] owners) {
        this.tensors = List.copyOf(tensors);
        this.owners = owners;
        this.offsets = new long[tensors.size()];
        this.indexes = new HashMap<>();
        long end = 0;
        for (int i = 0; i < offsets.length; i++) {
            TensorSpec tensor = tensors.get(i);
            if (indexes.putIfAbsent(tensor.name(), i) != null) {
                throw new IllegalArgumentException("two tensors are named '" + tensor.name() + "'");
            }
            if (owners[i] == i) {
                offsets[i] = end;
                end = Math.addExact(end, alignUp(tensor.bytes()));
            } else {
                offsets[i] = offsets[owners[i]];
            }
        }
        this.byteSize = end;
    }

    /**
     * A layout of tensors of which none share memory.
     *
     * @param tensors the tensors, in order
     * @return the layout
     * @throws IllegalArgumentException if two have one name
     */
    public static ParameterLayout of(TensorSpec... tensors) {
        requireNonNull(tensors, "tensors");
        return of(Arrays.asList(tensors));
    }

    /**
     * A layout of tensors of which none share memory.
     *
     * @param tensors the tensors, in order
     * @return the layout
     * @throws IllegalArgumentException if two have one name
     */
    public static ParameterLayout of(List<TensorSpec> tensors) {
        requireNonNull(tensors, "tensors");
        return new ParameterLayout(tensors, IntStream.range(0, tensors.size()).toArray());
    }

    /**
     * A builder, for layouts with tied tensors.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The tensors.
     *
     * @return all of them, in order, tied ones under each of their names
     */
    public List<TensorSpec> tensors() {
        return tensors;
    }

    /**
     * Number of tensors.
     *
     * @return how many names there are
     */
    public int size() {
        return offsets.length;
    }

    /**
     * One tensor.
     *
     * @param tensor its index
     * @return its spec
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    public TensorSpec tensor(int tensor) {
        if (tensor < 0 || tensor >= offsets.length) {
            throw new IndexOutOfBoundsException("there is no tensor number " + tensor + ": the layout has "
                    + offsets.length + ", from 0 on" + (tensor == -1 ? "; indexOf gives -1 for a wrong name" : ""));
        }
        return tensors.get(tensor);
    }

    /**
     * One tensor.
     *
     * @param name its name
     * @return its spec
     * @throws IllegalArgumentException if no tensor has that name; the message says which one may have been meant
     */
    public TensorSpec tensor(String name) {
        requireNonNull(name, "name");
        return tensors.get(requireIndex(name));
    }

    /**
     * Looks a name up.
     *
     * @param name a tensor's name
     * @return its index, or −1 if no tensor has that name
     */
    public int indexOf(String name) {
        requireNonNull(name, "name");
        return indexes.getOrDefault(name, -1);
    }

    /**
     * Looks up a name that should be there.
     *
     * @param name a tensor's name
     * @return its index
     * @throws IllegalArgumentException if no tensor has that name; the message says which one may have been meant
     */
    public int requireIndex(String name) {
        requireNonNull(name, "name");
        int index = indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("there is no tensor '" + name + "': "
                    + Suggestions.instead(
                            name, tensors.stream().map(TensorSpec::name).toList(), "tensors"));
        }
        return index;
    }

    /**
     * Which tensor's memory a tensor uses.
     *
     * @param tensor index of the tensor
     * @return {@code tensor} itself, or the index of the earlier tensor to which it is tied
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    public int ownerOf(int tensor) {
        return owners[tensor];
    }

    /**
     * Where a tensor begins in a store that is one allocation.
     *
     * @param tensor its index
     * @return bytes from the start, a multiple of {@link #ALIGNMENT}
     * @throws IndexOutOfBoundsException if there is no such tensor
     */
    public long offset(int tensor) {
        return offsets[tensor];
    }

    /**
     * Size of a store of this layout that is one allocation, padding between tensors included.
     *
     * @return bytes
     */
    public long byteSize() {
        return byteSize;
    }

    /**
     * The same tensors, each changed by a function: kept in another type, in another role, under another name.
     *
     * @param change gives a tensor's new spec
     * @return the layout; tensors stay tied
     * @throws IllegalArgumentException if a shape changes, two tensors get one name, or tied tensors would differ in
     *     type
     */
    public ParameterLayout map(UnaryOperator<TensorSpec> change) {
        requireNonNull(change, "change");
        List<TensorSpec> changed = new ArrayList<>(tensors.size());
        for (int i = 0; i < offsets.length; i++) {
            TensorSpec spec = change.apply(tensors.get(i));
            if (!spec.shape().equals(tensors.get(i).shape())) {
                throw new IllegalArgumentException("the shape of " + tensors.get(i) + " cannot become " + spec.shape());
            }
            changed.add(spec);
            if (changed.get(owners[i]).dtype() != spec.dtype()) {
                throw new IllegalArgumentException("'" + spec.name() + "' is tied to '"
                        + changed.get(owners[i]).name() + "', so both have one type");
            }
        }
        return new ParameterLayout(changed, owners.clone());
    }

    /**
     * Some of the tensors.
     *
     * @param wanted tells which
     * @return the layout of these, in order; tensors stay tied if both are wanted
     */
    public ParameterLayout select(Predicate<TensorSpec> wanted) {
        requireNonNull(wanted, "wanted");
        Builder selection = builder();
        Map<Integer, String> names = new HashMap<>();
        for (int i = 0; i < offsets.length; i++) {
            TensorSpec tensor = tensors.get(i);
            if (wanted.test(tensor)) {
                String owner = names.putIfAbsent(owners[i], tensor.name());
                if (owner == null) {
                    selection.add(tensor);
                } else {
                    selection.tied(tensor.name(), owner, tensor.role());
                }
            }
        }
        return selection.build();
    }

    /**
     * The tensors of one of several processes that share a model: ranges of whole tensors, in order, of about as many
     * bytes each. Every tensor is in one of the shards; tied names go with the tensor that they share.
     *
     * @param rank number of the process, from 0
     * @param world how many processes there are
     * @return the layout of its tensors; without any, if there are more processes than tensors
     * @throws IllegalArgumentException if rank is not below world
     */
    public ParameterLayout shard(int rank, int world) {
        if (rank < 0 || rank >= world) {
            throw new IllegalArgumentException(
                    "the shards of " + world + " processes have numbers from 0 to " + (world - 1) + ", not " + rank);
        }
        int[] shards = shards(world);
        return select(tensor -> shards[owners[indexOf(tensor.name())]] == rank);
    }

    /** In which of a number of shards each tensor that owns its memory is: where its middle byte falls. */
    private int[] shards(int world) {
        int[] shards = new int[offsets.length];
        for (int i = 0; i < shards.length; i++) {
            double middle = offsets[i] + tensors.get(i).bytes() / 2.0;
            shards[i] = byteSize == 0 ? 0 : (int) Math.min(world - 1, Math.floor(middle / byteSize * world));
        }
        return shards;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParameterLayout that
                && tensors.equals(that.tensors)
                && Arrays.equals(owners, that.owners);
    }

    @Override
    public int hashCode() {
        return 31 * tensors.hashCode() + Arrays.hashCode(owners);
    }

    @Override
    public String toString() {
        return tensors.size() + " tensors, " + byteSize + " bytes";
    }

    private static long alignUp(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Collects tensors in order. Not safe for use by several threads. */
    public static final class Builder {
        private final List<TensorSpec> tensors = new ArrayList<>();
        private final List<Integer> owners = new ArrayList<>();
        private final Map<String, Integer> indexes = new HashMap<>();

        private Builder() {}

        /**
         * Adds a tensor with memory of its own.
         *
         * @param tensor the tensor
         * @return this builder
         */
        public Builder add(TensorSpec tensor) {
            requireNonNull(tensor, "tensor");
            return add(tensor, tensors.size());
        }

        /**
         * Adds a further name for a tensor that is already there.
         *
         * @param name the further name
         * @param owner name of the tensor whose memory it shares
         * @return this builder
         * @throws IllegalArgumentException if there is no tensor of that name yet
         */
        public Builder tied(String name, String owner) {
            requireNonNull(name, "name");
            requireNonNull(owner, "owner");
            return tied(name, owner, null);
        }

        /**
         * Adds a further name, in a role of its own, for a tensor that is already there.
         *
         * @param name the further name
         * @param owner name of the tensor whose memory it shares
         * @param role its role; that of the owner if null
         * @return this builder
         * @throws IllegalArgumentException if there is no tensor of that name yet
         */
        @SuppressWarnings("exports") // @Nullable tells tools that know it
        public Builder tied(String name, String owner, @Nullable Role role) {
            requireNonNull(name, "name");
            requireNonNull(owner, "owner");
            Integer index = indexes.get(owner);
            if (index == null) {
                throw new IllegalArgumentException(
                        "'" + name + "' cannot be tied to '" + owner + "', which is not there");
            }
            TensorSpec spec = tensors.get(index);
            return add(
                    new TensorSpec(name, spec.dtype(), spec.shape(), role == null ? spec.role() : role),
                    owners.get(index));
        }

        private Builder add(TensorSpec tensor, int owner) {
            indexes.putIfAbsent(tensor.name(), tensors.size()); // build() refuses a second of that name
            owners.add(owner);
            tensors.add(tensor);
            return this;
        }

        /**
         * The layout.
         *
         * @return a layout of what was added so far
         * @throws IllegalArgumentException if two tensors have one name
         */
        public ParameterLayout build() {
            return new ParameterLayout(
                    tensors, owners.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
