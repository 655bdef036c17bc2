package dev.polyak.cli.bench;

import dev.polyak.cli.console.EnumOption;
import java.util.Locale;

/** Who takes part beside C. */
enum Peers {
    /** PyTorch, where Python has it. */
    TORCH,
    /** Nobody. */
    NONE;

    /** Reads and lists them. */
    static final class Converter extends EnumOption<Peers> {
        Converter() {
            super(peers -> peers.name().toLowerCase(Locale.ROOT), values());
        }
    }
}
