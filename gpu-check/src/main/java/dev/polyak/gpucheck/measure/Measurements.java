package dev.polyak.gpucheck.measure;

import dev.polyak.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** All measurements, in the order in which they are made. */
public final class Measurements {
    /** What the library's way is called in updates of one large tensor, and of many small ones. */
    public static final String UPDATE = "update";
    /** What it is called where the average is off the GPU, and each update begins while another is under way. */
    public static final String UPDATE_OFF_GPU = "update among others";

    private Measurements() {}

    /** The measurements at a scale. */
    public static List<Measurement> all(Scale scale) {
        List<Measurement> all = new ArrayList<>();
        for (long elements : scale.updated()) {
            all.add(new UpdateMeasurement(DType.F32, DType.F32, elements));
            all.add(new UpdateMeasurement(DType.BF16, DType.F32, elements));
            all.add(new UpdateMeasurement(DType.F16, DType.F32, elements));
            all.add(new UpdateMeasurement(DType.BF16, DType.BF16, elements));
            all.add(new UpdateMeasurement(DType.F64, DType.F64, elements));
        }
        all.add(new ManyTensors(scale.tensors()));
        all.add(new SeveralAverages(DType.F32, scale.shared()));
        all.add(new SeveralAverages(DType.BF16, scale.shared()));
        all.add(new PolicyPrice(DType.F32, scale.shared()));
        all.add(new PolicyPrice(DType.BF16, scale.shared()));
        all.add(new SwapMeasurement(scale.shared()));
        all.add(new HostCopies(scale.copied()));
        for (long elements : scale.offloaded()) {
            all.add(new OffloadMeasurement(elements));
        }
        all.add(new OffloadLoss(scale.raced()));
        all.add(new OffloadRace(scale.raced()));
        return all;
    }
}
