package dev.polyak.checkpoint.internal;

import dev.polyak.checkpoint.CheckpointException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The wording that all sentences of this package share. */
public final class Text {
    private static final String DAMAGED = "; the file is damaged, so save or download it again";
    private static final int LONGEST_NAME = 200;
    private static final int NAMED = 5;
    private static final int MOST_SIZES = 16;

    private Text() {}

    /** A name in quotes, on one line and of readable length whatever it contains: names come from files. */
    public static String quote(String name) {
        StringBuilder quoted = new StringBuilder("'");
        name.codePoints().limit(LONGEST_NAME).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append(name.codePointCount(0, name.length()) > LONGEST_NAME ? "…'" : "'")
                .toString();
    }

    public static String quote(Path file) {
        return quote(file.toString());
    }

    /** A shape or the like, of readable length. */
    public static String brief(List<Long> sizes) {
        return sizes.size() > MOST_SIZES ? "of " + sizes.size() + " dimensions" : sizes.toString();
    }

    public static String bytes(long count) {
        return count == 1 ? "1 byte" : count + " bytes";
    }

    /** What to say of a file that breaks the rules of its format. */
    public static CheckpointException damaged(String what) {
        return new CheckpointException(what + DAMAGED);
    }

    public static CheckpointException damaged(String what, Exception cause) {
        return new CheckpointException(what + DAMAGED, cause);
    }

    /** The first few of many names. */
    public static String some(Collection<String> names) {
        String first = names.stream().limit(NAMED).map(Text::quote).collect(Collectors.joining(", "));
        return names.size() > NAMED ? first + " and " + (names.size() - NAMED) + " more" : first;
    }

    /** What the system said of a file, without the file's name, which {@link FileSystemException} puts before it. */
    public static String reason(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String said = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return said == null || said.isBlank()
                ? e.getClass().getSimpleName()
                : said.lines().findFirst().orElseThrow().strip();
    }
}
