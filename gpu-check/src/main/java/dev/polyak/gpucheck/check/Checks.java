package dev.polyak.gpucheck.check;

import dev.polyak.NonFinitePolicy;
import dev.polyak.offload.Offload;
import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** All checks, in the order in which they are made. */
public final class Checks {

    private Checks() {}

    /**
     * The checks.
     *
     * @param torch whether Python has PyTorch with CUDA here
     */
    public static List<Check> all(boolean torch) {
        List<Check> checks = ofBits();
        checks.add(new OffloadMemoryCheck());
        checks.add(new SharedMemoryCheck(Trainer.JAVA));
        if (torch) {
            checks.add(new SharedMemoryCheck(Trainer.TORCH));
        }
        return checks;
    }

    /** Those that fill both sides with the bench's numbers. */
    static List<Check> ofBits() {
        List<Check> checks = new ArrayList<>();
        for (DType source : Tensors.FLOATS) {
            for (DType kept : Tensors.FLOATS) {
                checks.add(new UpdateCheck(source, kept));
            }
        }
        checks.add(new CopyCheck());
        checks.add(new SwapCheck(DType.F32, DType.F32));
        checks.add(new SwapCheck(DType.BF16, DType.BF16));
        checks.add(new SwapCheck(DType.BF16, DType.F32));
        checks.add(new ZeroStartCheck(DType.F32));
        checks.add(new ZeroStartCheck(DType.F64));
        checks.add(new ZeroStartCheck(DType.BF16));
        for (NonFinitePolicy policy :
                List.of(NonFinitePolicy.SKIP_ELEMENT, NonFinitePolicy.SKIP_UPDATE, NonFinitePolicy.ABORT)) {
            for (DType source : Tensors.FLOATS) {
                checks.add(new NonFiniteCheck(policy, source));
            }
        }
        checks.add(new SeveralCheck(DType.F32));
        checks.add(new SeveralCheck(DType.BF16));
        checks.add(new TreatmentCheck(IntegerPolicy.TRUNCATE, BufferPolicy.AVERAGE));
        checks.add(new TreatmentCheck(IntegerPolicy.COPY, BufferPolicy.COPY));
        checks.add(new TreatmentCheck(IntegerPolicy.FREEZE, BufferPolicy.FREEZE));
        for (DType source : Tensors.FLOATS) {
            checks.add(new WrappedCheck(source, source));
        }
        checks.add(new WrappedCheck(DType.BF16, DType.F32));
        checks.add(new StreamCheck());
        checks.add(new OffloadCheck("gated", Offload.GATED));
        checks.add(new OffloadCheck("two stagings", Offload.GATED.withStagings(2)));
        checks.add(new OffloadCheck("snapshot", Offload.GATED.with(Offload.Mode.SNAPSHOT)));
        checks.add(new OffloadCheck("blocking", Offload.GATED.with(Offload.Mode.BLOCKING)));
        return checks;
    }
}
