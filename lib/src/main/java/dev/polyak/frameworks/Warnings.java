package dev.polyak.frameworks;

import java.lang.System.Logger.Level;

/** What the frameworks warn of. */
final class Warnings {
    private Warnings() {}

    static void warn(String message) {
        System.getLogger("dev.polyak").log(Level.WARNING, message);
    }
}
