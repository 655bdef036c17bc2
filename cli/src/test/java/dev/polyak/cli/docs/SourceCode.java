package dev.polyak.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the sources of the project declare, Java and C++, by reading them: not every module is on the class path. */
final class SourceCode {
    private static final Pattern TYPE = Pattern.compile(
            "\\b(?:class|record|interface|enum|struct|@interface)\\s+(?:alignas\\([^)]*\\)+\\s+)?([A-Z]\\w*)");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    /** The text of the files that declare a type, by its simple name. */
    private final Map<String, StringBuilder> types = new HashMap<>();

    private final Set<String> packages = new HashSet<>();
    private final Set<String> qualified = new HashSet<>();

    SourceCode() {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Document.PROJECT)) {
            files = all.filter(file -> file.toString().matches(".*/src/.*\\.(java|h|cu|cpp)")
                            && !file.toString().contains("/target/"))
                    .toList();
            for (Path file : files) {
                read(COMMENT.matcher(Files.readString(file)).replaceAll(""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(String text) {
        var named = PACKAGE.matcher(text);
        String prefix = named.find() ? named.group(1) : "";
        packages.add(prefix);
        TYPE.matcher(text).results().map(type -> type.group(1)).distinct().forEach(type -> {
            types.computeIfAbsent(type, name -> new StringBuilder()).append(text);
            qualified.add(prefix + "." + type);
        });
    }

    boolean hasType(String simpleName) {
        return types.containsKey(simpleName);
    }

    /** Whether a file that declares a type has a word too. */
    boolean hasMember(String type, String member) {
        return Pattern.compile("\\b" + Pattern.quote(member) + "\\b")
                .matcher(types.get(type))
                .find();
    }

    /** Whether a name that begins with a package is one, or a type in one, perhaps with a member. */
    boolean hasQualified(String name) {
        return packages.contains(name)
                || qualified.contains(name)
                || name.contains(".") && qualified.contains(name.substring(0, name.lastIndexOf('.')));
    }
}
