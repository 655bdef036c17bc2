package dev.polyak.cli.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Java as it stands in a document, with what it takes to compile it: a program as it is, else in a class that imports
 * the library's packages and declares what snippets speak of.
 *
 * @param source the whole of it
 */
record Snippet(String source) {
    static final String NAME = "Snippet";

    private static final Pattern TYPE =
            Pattern.compile("^(public )?(final )?(class|record|interface|enum) (\\w+)", Pattern.MULTILINE);
    private static final Pattern METHOD =
            Pattern.compile("^(static )?[\\w<>\\[\\], ]+ \\w+\\([^;]*\\)[^;]*\\{$", Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import .*;\n", Pattern.MULTILINE);

    /** What a reader has when a snippet begins. */
    private static final String SURROUNDINGS = """
            import dev.polyak.*;
            import dev.polyak.checkpoint.*;
            import dev.polyak.checkpoint.framework.*;
            import dev.polyak.cuda.*;
            import dev.polyak.error.*;
            import dev.polyak.frameworks.*;
            import dev.polyak.offload.*;
            import dev.polyak.rule.*;
            import dev.polyak.schedule.*;
            import dev.polyak.tensor.*;
            import dev.polyak.train.*;
            import java.lang.foreign.*;
            import java.nio.file.*;
            import java.util.*;

            %s
            abstract class Snippet {
                static ParameterStore model;
                static ParameterAverage ema;
                static CudaStream stream;
                static Path file;
                static int steps;
                static double tau;
                static List<PostHoc.Snapshot> snapshots;
                static PostHoc.Snapshot wanted;

                abstract void train(ParameterStore model, int step);

                abstract void evaluate(ParameterStore model);

                abstract void forwardAndBackward(ParameterStore model, CudaStream stream);

                abstract void optimizerStep(ParameterStore model, CudaStream stream);

                %s
            }
            """;

    /** A block of a document. */
    static Snippet block(String text) {
        if (TYPE.matcher(text).find()) {
            return new Snippet(text);
        }
        String imports =
                IMPORT.matcher(text).results().map(line -> line.group()).collect(Collectors.joining());
        String code = IMPORT.matcher(text).replaceAll("");
        return wrapped(imports, METHOD.matcher(code).find() ? code : "void run() throws Exception {\n" + code + "\n}");
    }

    /** An expression in a cell. */
    static Snippet expression(String text) {
        return wrapped("", "static Object value() throws Exception {\nreturn " + text + ";\n}");
    }

    private static Snippet wrapped(String imports, String members) {
        return new Snippet(SURROUNDINGS.formatted(imports, members));
    }

    /** Compiles it into a folder; returns what the compiler has to say against it, or an empty text. */
    String compile(Path folder) throws IOException {
        var type = TYPE.matcher(source);
        String name = type.find() ? type.group(4) : NAME;
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavaFileObject file =
                    new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                            return source;
                        }
                    };
            List<String> options =
                    List.of("-d", folder.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
            boolean done = compiler.getTask(said, files, null, options, null, List.of(file))
                    .call();
            return done ? "" : said.toString();
        }
    }

    /** The value of an expression that was compiled into a folder. */
    static Object value(Path folder) throws Exception {
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            var value = classes.loadClass(NAME).getDeclaredMethod("value");
            value.setAccessible(true);
            return value.invoke(null);
        }
    }
}
