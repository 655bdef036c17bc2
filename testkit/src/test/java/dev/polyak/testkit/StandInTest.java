package dev.polyak.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the tests of CUDA on a machine where the stand-in could not be built. */
class StandInTest {
    /** Does what such a test does, and prints what comes of it. */
    static final class Child {
        public static void main(String[] arguments) {
            try {
                StandIn.require();
                System.out.print("runs");
            } catch (Throwable e) {
                System.out.print(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void withoutItTheyFailAndSayWhatToInstall() throws Exception {
        assertEquals(
                "AssertionError: the stand-in CUDA runtime of the tests is missing (/nowhere/libcudart.so): install a C++"
                        + " compiler (apt-get install g++) and build again, or skip the tests that need it with"
                        + " -Dpolyak.tests.without-cuda",
                said(Path.of("/nowhere/libcudart.so")));
    }

    @Test
    void withoutItTheyAreSkippedWhereThatIsAllowed() throws Exception {
        String said = said(Path.of("/nowhere/libcudart.so"), "-Dpolyak.tests.without-cuda");
        assertTrue(said.startsWith("TestAbortedException: "), said);
    }

    @Test
    void withItTheyRun() throws Exception {
        StandIn.require();
        assertEquals("runs", said(StandIn.library(), "-Dpolyak.tests.without-cuda"));
    }

    private static String said(Path library, String... options) throws Exception {
        List<String> all = new ArrayList<>(ChildJvm.cuda(library));
        all.addAll(List.of(options));
        return ChildJvm.run(ChildJvm.builder(Child.class, all)).out();
    }
}
