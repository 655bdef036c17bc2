package dev.polyak.cli.plot;

import java.awt.Font;
import java.awt.font.FontRenderContext;

/** The letters that a picture is labelled with. */
public final class Fonts {
    /** What to tell a user who has none. */
    public static final String MISSING =
            "no picture: this machine has no fonts that Java finds; install fontconfig and one (on Debian: fonts-dejavu-core)";

    private Fonts() {}

    /**
     * Whether there are any. Java has none of its own, and finds out only when it draws.
     *
     * @return false if nothing can be drawn
     */
    public static boolean areThere() {
        try {
            of(Font.PLAIN, 12).getStringBounds("0", new FontRenderContext(null, true, true));
            return true;
        } catch (RuntimeException | Error e) { // which, differs from JDK to JDK
            return false;
        }
    }

    /**
     * A font that suits a chart.
     *
     * @param style plain or bold, as {@link Font} has them
     * @param size in points
     * @return the font
     */
    public static Font of(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }
}
