package dev.polyak.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorGatesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    true  | OpenJDK 64-Bit Server VM         | mixed mode, sharing                  | 4 | false | ''
                    true  | Java HotSpot(TM) 64-Bit Server VM | mixed mode                          | 4 | false | ''
                    false | OpenJDK 64-Bit Server VM         | mixed mode, sharing                  | 4 | false | start Java with --add-modules
                    true  | Eclipse OpenJ9 VM                | JRE 21 Linux amd64-64-Bit Compressed | 4 | false | use a JDK with HotSpot
                    true  | Substrate VM                     | ''                                   | 4 | false | use a JDK with HotSpot
                    true  | OpenJDK 64-Bit Server VM         | interpreted mode, sharing            | 4 | false | without -Xint
                    true  | OpenJDK 64-Bit Server VM         | mixed mode, emulated-client, sharing | 4 | false | without -XX:TieredStopAtLevel
                    true  | OpenJDK 64-Bit Server VM         | mixed mode, sharing                  | 1 | false | without -XX:TieredStopAtLevel
                    true  | OpenJDK 64-Bit Server VM         | mixed mode, sharing                  | 4 | true  | with -XX:-UseJVMCICompiler
                    """)
    void saysWhatToDo(boolean api, String vm, String mode, int lastTier, boolean jvmci, String advice) {
        String closed = new VectorGates(api, vm, mode, lastTier, jvmci).closed().orElse("");
        assertThat(closed)
                .endsWith(advice.equals("start Java with --add-modules") ? advice + " jdk.incubator.vector" : advice);
        assertThat(closed.isEmpty()).isEqualTo(advice.isEmpty());
    }
}
