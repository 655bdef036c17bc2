package dev.polyak.cli;

import dev.polyak.Device;
import dev.polyak.HostStore;
import dev.polyak.ParameterStore;
import dev.polyak.checkpoint.Checkpoint;
import dev.polyak.checkpoint.SafetensorsWriter;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes small safetensors files, such as others write them: without Polyak's metadata. */
public final class TestFile {
    private final List<TensorSpec> specs = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();
    private Map<String, String> metadata = Map.of();

    public static TestFile of(String name, double... values) {
        return new TestFile().with(name, values);
    }

    /** Adds an F32 vector. */
    public TestFile with(String name, double... numbers) {
        return with(name, DType.F32, numbers);
    }

    /** Adds a vector; of a type that is neither F32, F64 nor an integer, the numbers are the elements' bits. */
    public TestFile with(String name, DType dtype, double... numbers) {
        specs.add(TensorSpec.parameter(
                name, dtype, dtype.bits() < 8 ? numbers.length * 8L / dtype.bits() : numbers.length));
        values.add(numbers);
        return this;
    }

    public TestFile metadata(Map<String, String> strings) {
        metadata = strings;
        return this;
    }

    public Path write(Path file) throws IOException {
        ParameterLayout layout = ParameterLayout.of(specs);
        try (ParameterStore store = ParameterStore.allocate(layout, Device.cpu());
                SafetensorsWriter writer = SafetensorsWriter.create(file, layout, metadata)) {
            for (int i = 0; i < specs.size(); i++) {
                for (int j = 0; j < values.get(i).length; j++) {
                    put(HostStore.of(store).segment(i), specs.get(i).dtype(), j, values.get(i)[j]);
                }
            }
            writer.write(store);
            writer.commit();
        }
        return file;
    }

    /** The numbers of a tensor in a file. */
    public static List<Double> read(Path file, String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            ParameterStore store = checkpoint.store();
            TensorSpec spec = store.layout().tensor(store.layout().indexOf(name));
            List<Double> numbers = new ArrayList<>();
            for (int i = 0; i < spec.elements(); i++) {
                numbers.add(get(HostStore.of(store).segment(name), spec.dtype(), i));
            }
            return numbers;
        }
    }

    private static void put(MemorySegment segment, DType dtype, int i, double value) {
        switch (dtype) {
            case F64 -> segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * 8L, value);
            case F32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L, (float) value);
            default -> {
                switch (Math.max(8, dtype.bits())) {
                    case 8 -> segment.set(ValueLayout.JAVA_BYTE, i, (byte) (long) value);
                    case 16 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L, (short) (long) value);
                    case 32 -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, i * 4L, (int) (long) value);
                    default -> segment.set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, (long) value);
                }
            }
        }
    }

    private static double get(MemorySegment segment, DType dtype, int i) {
        return switch (dtype) {
            case F64 -> segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * 8L);
            case F32 -> segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L);
            case BF16 -> Float.intBitsToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L) << 16);
            case F16 -> Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L));
            case I64 -> segment.get(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L);
            default -> segment.get(ValueLayout.JAVA_BYTE, i);
        };
    }
}
