package dev.polyak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.polyak.schedule.Schedules;
import dev.polyak.tensor.DType;
import dev.polyak.tensor.ParameterLayout;
import dev.polyak.tensor.TensorSpec;
import dev.polyak.testkit.ChildJvm;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which loops a JVM gets, in JVMs started with and without what the loops need. */
class AccelerationTest {
    /** What the child JVMs run. */
    static final class Child {
        public static void main(String[] arguments) {
            ParameterLayout layout = ParameterLayout.of(TensorSpec.parameter("w", DType.F32, 100));
            try (ParameterStore online = Numbers.random(layout, 1);
                    ParameterAverage average = ParameterAverage.builder(online)
                            .schedule(Schedules.decay(0.9))
                            .build()) {
                Numbers.randomize(online, 2);
                average.update();
                average.update();
                System.out.println(Acceleration.current() + " " + Numbers.number(average.store(), "w"));
            }
        }
    }

    @Test
    void vectorsAreUsedWhereTheyMay() throws Exception {
        String vector = child("--add-modules", "jdk.incubator.vector");
        assertThat(vector)
                .contains("backend=VECTOR, limit=NONE, kernels=vector, ")
                .contains("advice=Optional.empty")
                .doesNotContain("plain Java");
    }

    @Test
    void withoutTheModuleItWorksAndSaysOnceWhichFlagMakesItFast() throws Exception {
        String scalar = child();
        assertThat(scalar)
                .contains("backend=SCALAR, limit=NO_VECTOR_API, kernels=scalar")
                .containsOnlyOnce("averaging in plain Java");
        assertThat(scalar).contains("--add-modules jdk.incubator.vector");
        assertThat(lastWord(scalar)).isEqualTo(lastWord(child("--add-modules", "jdk.incubator.vector")));
    }

    @Test
    void anInterpreterGetsPlainJava() throws Exception {
        assertThat(child("--add-modules", "jdk.incubator.vector", "-Xint"))
                .contains("limit=NO_C2, kernels=scalar")
                .contains("start Java without -Xint");
    }

    @Test
    void withoutC2ThereArePlainLoops() throws Exception {
        assertThat(child("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"))
                .contains("kernels=scalar")
                .contains("start Java without -XX:TieredStopAtLevel");
    }

    @Test
    void vectorsCanBeForgone() throws Exception {
        String scalar = child("--add-modules", "jdk.incubator.vector", "-Dpolyak.kernels=scalar");
        assertThat(scalar)
                .contains("limit=SWITCHED_OFF, kernels=scalar")
                .contains("switched off by -Dpolyak.kernels=scalar");
    }

    private static String child(String... options) throws IOException, InterruptedException {
        ChildJvm.Result result =
                ChildJvm.run(ChildJvm.builder(Child.class, List.of(options)).redirectErrorStream(true));
        assertThat(result.exit()).as(result.out()).isZero();
        return result.out();
    }

    private static String lastWord(String output) {
        return output.strip().substring(output.strip().lastIndexOf(' ') + 1);
    }
}
