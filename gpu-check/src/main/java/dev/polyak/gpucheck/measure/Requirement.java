package dev.polyak.gpucheck.measure;

import dev.polyak.DType;
import java.util.List;
import java.util.Optional;

/**
 * What must hold.
 *
 * @param what in words
 * @param figures the name of the measurement that tells
 * @param ratio the name of the ratio in it
 * @param least what its median must reach
 */
public record Requirement(String what, String figures, String ratio, double least) {
    private static final long GIBI = 1L << 30;
    private static final String TORCH = Torch.Work.FOREACH_LERP.label();

    /** All of them. */
    public static List<Requirement> all() {
        String f32 = new UpdateMeasurement(DType.F32, DType.F32, GIBI).name();
        String bf16 = new UpdateMeasurement(DType.BF16, DType.F32, GIBI).name();
        String many = new ManyTensors(2000).name();
        String limit = Figures.bandwidth(UpdateMeasurement.UPDATE, UpdateMeasurement.COPY);
        String race = Figures.speed(UpdateMeasurement.UPDATE, TORCH);
        return List.of(
                new Requirement(f32 + ": of the copy's bandwidth", f32, limit, 0.92),
                new Requirement(bf16 + ": of the copy's bandwidth", bf16, limit, 0.92),
                new Requirement(f32 + ": of " + TORCH + "'s speed", f32, race, 0.97),
                new Requirement(many + ": of " + TORCH + "'s speed", many, race, 3));
    }

    /** The figure that tells; nothing if it was not measured. */
    public Optional<Double> found(List<Figures> all) {
        return all.stream()
                .filter(measured -> measured.name().equals(figures))
                .findFirst()
                .flatMap(measured -> measured.ratio(ratio))
                .map(found -> found.spread().median());
    }
}
