package dev.polyak.cli.demo;

import java.awt.Font;
import java.awt.font.FontRenderContext;

/** The letters that a picture is labelled with. */
final class Fonts {
    private Fonts() {}

    /** Whether there are any. Java has none of its own, and finds out only when it draws. */
    static boolean areThere() {
        try {
            of(Font.PLAIN, 12).getStringBounds("0", new FontRenderContext(null, true, true));
            return true;
        } catch (RuntimeException | Error e) { // which, differs from JDK to JDK
            return false;
        }
    }

    static Font of(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }
}
