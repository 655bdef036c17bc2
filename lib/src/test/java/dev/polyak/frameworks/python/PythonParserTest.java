package dev.polyak.frameworks.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polyak.frameworks.python.PythonValue.Bool;
import dev.polyak.frameworks.python.PythonValue.Call;
import dev.polyak.frameworks.python.PythonValue.Int;
import dev.polyak.frameworks.python.PythonValue.Method;
import dev.polyak.frameworks.python.PythonValue.Name;
import dev.polyak.frameworks.python.PythonValue.None;
import dev.polyak.frameworks.python.PythonValue.Real;
import dev.polyak.frameworks.python.PythonValue.Sequence;
import dev.polyak.frameworks.python.PythonValue.Text;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonParserTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1e-4|1e-4",
                "2/3|0.6666666666666666",
                "1 - 1e-4|0.9999",
                "1.|1.0",
                ".5|0.5",
                "1_000.5|1000.5",
                "-0.25|-0.25",
                "2 ** -1|0.5",
                "(1 + 2) * 0.5|1.5",
                "float('inf')|Infinity",
                "float(\"-inf\")|-Infinity",
                "float(3)|3.0",
                "7 // 2.|3.0"
            })
    void numbersAreComputed(String text, double value) {
        assertThat(PythonParser.parse(text)).isEqualTo(new Real(value));
    }

    @ParameterizedTest
    @CsvSource({"100,100", "1_000,1000", "-3,-3", "2*3+4,10", "7//2,3", "-7//2,-4", "10**3,1000", "(5),5"})
    void integersStayIntegers(String text, long value) {
        assertThat(PythonParser.parse(text)).isEqualTo(new Int(value));
    }

    @Test
    void everythingThatACallCanHold() {
        PythonValue value = PythonParser.parse(
                "ema = timm.ModelEmaV3(model.parameters(), None, decay=0.9, on=True, off=False, # a comment\n"
                        + "  names=['a', \"b\"], pair=(1, 2), one=(1,), sets={'x'}, dtype=torch.float16, fn=get(0.5),)");
        assertThat(value)
                .isEqualTo(new Call(
                        new Name("timm.ModelEmaV3"),
                        List.of(new Call(new Name("model.parameters"), List.of(), Map.of()), new None()),
                        Map.of(
                                "decay", new Real(0.9),
                                "on", new Bool(true),
                                "off", new Bool(false),
                                "names", new Sequence(List.of(new Text("a"), new Text("b"))),
                                "pair", new Sequence(List.of(new Int(1), new Int(2))),
                                "one", new Sequence(List.of(new Int(1))),
                                "sets", new Sequence(List.of(new Text("x"))),
                                "dtype", new Name("torch.float16"),
                                "fn", new Call(new Name("get"), List.of(new Real(0.5)), Map.of()))));
    }

    @Test
    void anUpdateCallMayFollow() {
        assertThat(PythonParser.parse("V3(model).update(model, step=i)"))
                .isEqualTo(new Call(
                        new Method(new Call(new Name("V3"), List.of(new Name("model")), Map.of()), "update"),
                        List.of(new Name("model")),
                        Map.of("step", new Name("i"))));
    }

    @Test
    void whatFollowsASemicolonIsAnArgument() {
        assertThat(PythonParser.parse("A(decay=0.9); zero_debias=False;"))
                .isEqualTo(new Call(
                        new Name("A"), List.of(), Map.of("decay", new Real(0.9), "zero_debias", new Bool(false))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(",
                "A(",
                "A(b=)",
                "A(b=1 2)",
                "A(b=1, 2)",
                "A(b=1, b=2)",
                "A('x)",
                "A(1 + model)",
                "A(lambda x: x)",
                "A() B()",
                "A(1..2)",
                "A(99999999999999999999)",
                "A(2**0.5**)",
                "A(b=1); c",
                "7; c=1",
                "A(b=1); b=2",
                "A(float('x'))",
                "import os",
                "A(1 // 0)",
                "A(1 / 0)",
                "A(1. // 0)",
                "@A",
                "A[0]"
            })
    void whatCannotBeReadIsRefusedInASentence(String text) {
        assertThatThrownBy(() -> PythonParser.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).{15,}");
    }

    @Test
    void deepNestingIsRefusedAndHurtsNobody() {
        assertThatThrownBy(() -> PythonParser.parse("(".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
        assertThat(PythonParser.parse("-".repeat(100_000) + " ".repeat(100_000) + "1"))
                .isEqualTo(new Int(1));
        assertThatThrownBy(() -> PythonParser.parse("2**".repeat(100_000) + "1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PythonParser.parse("f" + "(1)".repeat(100_000) + "("))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 2000)
    void noTextDoesAnythingButParseOrFail(
            @ForAll
                    @StringLength(max = 40)
                    @Chars({'(', ')', '[', ',', '=', '.', '*', '/', '-', 'a', '1', 'e', '\'', ' ', ';', '{'})
                    String text) {
        try {
            assertThat(PythonParser.parse(text)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
