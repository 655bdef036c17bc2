package dev.polyak.internal.vector;

import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The species of one vector size. Templates take them from here into {@code static final} fields. */
final class Species {
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Species() {}

    static VectorSpecies<Float> floats(int bits) {
        return FloatVector.SPECIES_128.withShape(VectorShape.forBitSize(bits));
    }

    static VectorSpecies<Double> doubles(int bits) {
        return DoubleVector.SPECIES_128.withShape(VectorShape.forBitSize(bits));
    }

    static VectorSpecies<Integer> ints(int bits) {
        return IntVector.SPECIES_128.withShape(VectorShape.forBitSize(bits));
    }

    /** Half the size: as many shorts as there are ints. */
    static VectorSpecies<Short> shorts(int bits) {
        return ShortVector.SPECIES_128.withShape(VectorShape.forBitSize(bits / 2));
    }

    static VectorSpecies<Short> wholeShorts(int bits) {
        return ShortVector.SPECIES_128.withShape(VectorShape.forBitSize(bits));
    }

    /** Half the size: as many floats as there are doubles. */
    static VectorSpecies<Float> halfFloats(int bits) {
        return FloatVector.SPECIES_128.withShape(VectorShape.forBitSize(bits / 2));
    }
}
