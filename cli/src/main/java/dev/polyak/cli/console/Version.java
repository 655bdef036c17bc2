package dev.polyak.cli.console;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version of Polyak, from the jar's manifest. */
public final class Version implements IVersionProvider {
    /** The version, for picocli to ask. */
    public Version() {}

    /**
     * The version.
     *
     * @return such as {@code 1.2.3}; {@code unknown} if Polyak does not run from its jar
     */
    public static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "unknown");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"polyak " + current()};
    }
}
