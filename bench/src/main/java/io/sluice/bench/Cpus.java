package io.sluice.bench;

import io.sluice.os.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The two CPUs that every benchmark runs on: {@code -Dsluice.cpus=A,B}, or else the first two that
 * this process may use.
 */
final class Cpus {
    private static final int[] PAIR = pair();

    private Cpus() {}

    private static int[] pair() {
        String chosen = System.getProperty("sluice.cpus");
        if (chosen != null) {
            return Arrays.stream(chosen.split(",")).mapToInt(Integer::parseInt).toArray();
        }
        try {
            int[] allowed = Threads.allowedCpus();
            if (allowed.length < 2) {
                System.err.println("Only one CPU: both ends share it, the numbers mean little.");
            }
            return new int[] {allowed[0], allowed[allowed.length > 1 ? 1 : 0]};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pins the thread that JMH measures. */
    static void pinMeasured() {
        pin(PAIR[0]);
    }

    /** Pins the thread at the other end. */
    static void pinOther() {
        pin(PAIR[1]);
    }

    private static void pin(int cpu) {
        try {
            Threads.pinCurrentThread(cpu);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
