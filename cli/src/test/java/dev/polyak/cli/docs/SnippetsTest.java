package dev.polyak.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java in the documents compiles, and the rules of the table "Coming from" can be built. */
class SnippetsTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void requireCompiler() {
        assumeTrue(ToolProvider.getSystemJavaCompiler() != null, "this Java has no compiler");
        assumeTrue(Runtime.version().feature() >= 22, "to the compiler of 21, memory segments are a preview");
    }

    static Stream<Arguments> blocks() {
        return Document.all().stream()
                .flatMap(document -> document.blocks("java").stream()
                        .map(block -> Arguments.argumentSet(
                                document + ": " + block.lines().findFirst().orElse(""), block)));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void compile(String block) throws Exception {
        assertThat(Snippet.block(block).compile(folder)).isEmpty();
    }

    static List<String> expressions() {
        return Document.all().stream()
                .flatMap(document -> document.tables().stream())
                .flatMap(table -> table.cells("in Java").stream())
                .flatMap(cell -> Document.code(cell).stream())
                .filter(code -> code.contains("("))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void inTablesCompile(String expression) throws Exception {
        assertThat(Snippet.expression(expression).compile(folder)).isEmpty();
    }

    static List<String> rules() {
        return expressions().stream()
                .filter(expression -> expression.matches("(Rules|Timm|Torch|Diffusers|Lightning|EmaPytorch)\\..*"))
                .toList();
    }

    /** As the table's heading says: a call that is parsed is built, others are built by build(). */
    @ParameterizedTest
    @MethodSource("rules")
    void ofTablesMakeRules(String expression) throws Exception {
        boolean built = expression.startsWith("Rules.parse(") || expression.contains(".build()");
        assertThat(Snippet.expression(built ? expression : expression + ".build()")
                        .compile(folder))
                .isEmpty();
        assertThat(Snippet.value(folder)).isNotNull();
    }

    @Test
    void areMany() {
        assertThat(blocks()).hasSizeGreaterThan(1);
        assertThat(expressions()).hasSizeGreaterThan(20);
    }

    @Test
    void aMistakeIsSeen() throws Exception {
        assertThat(Snippet.block("model.noSuchMethod();\n").compile(folder)).contains("noSuchMethod");
        assertThat(Snippet.expression("Rules.timmV9()").compile(folder)).contains("timmV9");
    }
}
