package dev.polyak.bench.peer;

import dev.polyak.schedule.Order;
import java.util.Locale;

/** How PyTorch's users write an update. {@code peer.py} has a function for each, with its name in small letters. */
public enum Formula {
    /** {@code torch._foreach_lerp_(e, p, w)}: timm's ModelEmaV3, torch's AveragedModel. */
    FOREACH_LERP("PyTorch _foreach_lerp_", Order.LERP),
    /** {@code e.lerp_(p, w)}, and {@code e.lerp_(p.float(), w)} for a model in a narrower type. */
    LERP("PyTorch lerp_", Order.LERP),
    /** timm's ModelEma and ModelEmaV2. */
    TIMM("timm ModelEma", Order.BLEND),
    /** Composer's {@code compute_ema}. */
    COMPOSER("Composer compute_ema", Order.BLEND),
    /** Ignite's EMAHandler. */
    IGNITE("Ignite EMAHandler", Order.MUL_ADD);

    private final String label;
    private final Order order;

    Formula(String label, Order order) {
        this.label = label;
        this.order = order;
    }

    /** What it is called in results. */
    public String label() {
        return label;
    }

    /** The order in which the library gets the same bits. */
    public Order order() {
        return order;
    }

    String function() {
        return name().toLowerCase(Locale.ROOT);
    }
}
