package io.sluice.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CountsSyscalls;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The asymmetric fence is available on Linux, and can be disabled. */
@CountsSyscalls
public class MembarrierTest {
    @Test
    void bothKindsOfFenceAreDone() {
        assertTrue(Membarrier.fenceAllThreads());
        assertTrue(Membarrier.registerGlobal());
        assertTrue(Membarrier.registerGlobal(), "again is no error");
        assertTrue(Membarrier.fenceAllProcesses());
    }

    @Test
    void eachFenceIsOneCallAndRegisteringAgainIsNone() {
        Membarrier.registerGlobal();
        Membarrier.fenceAllThreads();
        long before = Libc.callCounts().get("membarrier");
        Membarrier.fenceAllThreads();
        Membarrier.fenceAllProcesses();
        Membarrier.registerGlobal();
        assertEquals(before + 2, Libc.callCounts().get("membarrier"));
    }

    /**
     * A program that prints what a JVM without membarrier does, for {@code FutexEventProcessTest}.
     */
    public static final class Unavailable {
        private Unavailable() {}

        public static void main(String[] arguments) {
            boolean any =
                    Membarrier.fenceAllThreads()
                            | Membarrier.registerGlobal()
                            | Membarrier.fenceAllProcesses();
            Map<String, Long> calls = Libc.callCounts();
            System.out.println(any + " " + calls);
        }
    }
}
