package dev.polyak.gpucheck.measure;

import dev.polyak.tensor.DType;
import java.util.ArrayList;
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
        String limit = Figures.bandwidth(Measurements.UPDATE, UpdateMeasurement.COPY);
        String race = Figures.speed(Measurements.UPDATE, TORCH);
        String loss = new OffloadLoss(Scale.FULL.raced()).name();
        String offDevice = new OffloadRace(Scale.FULL.raced()).name();
        String products = Torch.Work.PRODUCTS.label();
        String onCpu = Torch.Work.ON_CPU.label();
        List<Requirement> all = new ArrayList<>(List.of(
                new Requirement(f32 + ": of the copy's bandwidth", f32, limit, 0.92),
                new Requirement(bf16 + ": of the copy's bandwidth", bf16, limit, 0.92),
                new Requirement(f32 + ": of " + TORCH + "'s speed", f32, race, 0.97),
                new Requirement(many + ": of " + TORCH + "'s speed", many, race, 3),
                new Requirement(
                        loss + ": of " + products + "'s speed without",
                        loss,
                        Figures.speed(OffloadLoss.PRODUCTS_BESIDE, products),
                        0.99),
                new Requirement(
                        offDevice + ": of " + onCpu + "'s speed",
                        offDevice,
                        Figures.speed(Measurements.UPDATE_OFF_GPU, onCpu),
                        5)));
        Scale.FULL.offloaded().forEach(elements -> all.addAll(offloaded(elements)));
        return all;
    }

    private static List<Requirement> offloaded(long elements) {
        String name = new OffloadMeasurement(elements).name();
        return List.of(
                new Requirement(
                        name + ": of a plain copy's bandwidth",
                        name,
                        Figures.bandwidth(OffloadMeasurement.COPY, OffloadMeasurement.PLAIN),
                        0.9),
                new Requirement(
                        name + ": of its slower part's speed",
                        name,
                        Figures.speed(Measurements.UPDATE_OFF_GPU, OffloadMeasurement.COPY, OffloadMeasurement.FOLD),
                        0.87)); // 1 by 1.15
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
