package dev.polyak.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A document of the project, in Markdown.
 *
 * @param path its file, from the project's folder on
 * @param text all of it
 */
public record Document(Path path, String text) {
    /** The project's folder: tests run in that of their module. */
    public static final Path PROJECT = Path.of("..");

    private static final Pattern FENCED = Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

    /**
     * A table.
     *
     * @param header what stands over its columns
     * @param rows the cells of its rows
     */
    public record Table(List<String> header, List<List<String>> rows) {
        /** The cells of the columns whose header has a text. */
        public List<String> cells(String inHeader) {
            return rows.stream()
                    .flatMap(row -> Stream.iterate(0, i -> i < row.size(), i -> i + 1)
                            .filter(i -> header.get(i).contains(inHeader))
                            .map(row::get))
                    .toList();
        }
    }

    /** The README, and all that is in src/docs. */
    public static List<Document> all() {
        try (Stream<Path> docs = Files.list(PROJECT.resolve("src/docs"))) {
            return Stream.concat(
                            Stream.of(PROJECT.resolve("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .map(Document::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One document, by its path from the project's folder on. */
    public static Document of(String path) {
        return read(PROJECT.resolve(path));
    }

    private static Document read(Path file) {
        try {
            return new Document(PROJECT.relativize(file), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fenced blocks in a language. */
    public List<String> blocks(String language) {
        return FENCED.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The lines of code that are indented, rather than fenced, without what they are indented by. */
    public List<String> indentedLines() {
        return prose().lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList();
    }

    /** What stands in backticks. */
    public List<String> code() {
        return code(prose().lines().filter(line -> !line.startsWith("    ")).collect(Collectors.joining("\n")));
    }

    /** What stands in backticks in a part of a document. */
    public static List<String> code(String part) {
        return CODE.matcher(part).results().map(code -> code.group(1)).toList();
    }

    /** The document below a heading, up to the next of its rank. */
    public String section(String heading) {
        int begin = text.indexOf("\n" + heading + "\n");
        if (begin < 0) {
            throw new AssertionError(path + " has no heading '" + heading + "'");
        }
        String rank = heading.substring(0, heading.indexOf(' ') + 1);
        int end = text.indexOf("\n" + rank, begin + 1);
        return end < 0 ? text.substring(begin) : text.substring(begin, end);
    }

    /** What a link can lead to within the document: its headings, as GitHub writes them. */
    public List<String> anchors() {
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    /** The tables. */
    public List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (String line : (text + "\n").split("\n", -1)) {
            if (line.startsWith("|")) {
                rows.add(Stream.of(line.substring(1, line.lastIndexOf('|')).split("(?<!\\\\)\\|", -1))
                        .map(String::strip)
                        .toList());
            } else if (!rows.isEmpty()) {
                tables.add(new Table(rows.get(0), List.copyOf(rows.subList(2, rows.size()))));
                rows.clear();
            }
        }
        return tables;
    }

    /** The text without its fenced blocks. */
    private String prose() {
        return FENCED.matcher(text).replaceAll((MatchResult block) -> "");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
