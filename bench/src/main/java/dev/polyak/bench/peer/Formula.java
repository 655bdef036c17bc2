package dev.polyak.bench.peer;

import dev.polyak.schedule.UpdateFormula;
import java.util.Locale;

/** How PyTorch's users write an update. {@code peer.py} has a function for each, with its name in small letters. */
public enum Formula {
    /** {@code torch._foreach_lerp_(e, p, w)}: timm's ModelEmaV3, torch's AveragedModel. */
    FOREACH_LERP("PyTorch _foreach_lerp_", UpdateFormula.LERP),
    /** {@code e.lerp_(p, w)}, and {@code e.lerp_(p.float(), w)} for a model in a narrower type. */
    LERP("PyTorch lerp_", UpdateFormula.LERP),
    /** timm's ModelEma and ModelEmaV2. */
    TIMM("timm ModelEma", UpdateFormula.BLEND),
    /** Composer's {@code compute_ema}. */
    COMPOSER("Composer compute_ema", UpdateFormula.BLEND),
    /** Ignite's EMAHandler. */
    IGNITE("Ignite EMAHandler", UpdateFormula.MUL_ADD);

    private final String label;
    private final UpdateFormula formula;

    Formula(String label, UpdateFormula formula) {
        this.label = label;
        this.formula = formula;
    }

    /** What it is called in results. */
    public String label() {
        return label;
    }

    /** The order in which the library gets the same bits. */
    public UpdateFormula formula() {
        return formula;
    }

    String function() {
        return name().toLowerCase(Locale.ROOT);
    }
}
