package io.sluice.bench;

import io.sluice.linux.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The CPUs that every benchmark runs on: {@code -Dsluice.cpus=A,B,...}, or else all that this
 * process may use. The measured thread has the first for itself; the others are distributed over
 * the rest, so with two CPUs several senders share the second.
 */
final class Cpus {
    private static final int[] CHOSEN = chosen();

    private Cpus() {}

    private static int[] chosen() {
        String chosen = System.getProperty("sluice.cpus");
        if (chosen != null) {
            return Arrays.stream(chosen.split(",")).mapToInt(Integer::parseInt).toArray();
        }
        try {
            int[] allowed = Platform.allowedCpus();
            if (allowed.length < 2) {
                System.err.println("Only one CPU: both ends share it, the numbers mean little.");
            }
            return allowed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of CPUs. */
    static int count() {
        return CHOSEN.length;
    }

    static boolean contains(int cpu) {
        return Arrays.stream(CHOSEN).anyMatch(chosen -> chosen == cpu);
    }

    /** Pins the thread that JMH measures. */
    static void pinMeasured() {
        pin(CHOSEN[0]);
    }

    /**
     * Pins a thread that does the same as the measured one, by its number from 1: to the last CPUs,
     * if the other end leaves any over, or else beside the measured one.
     */
    static void pinBesideMeasured(int number, int others) {
        int free = CHOSEN.length - 1 - others;
        pin(number <= free ? CHOSEN[CHOSEN.length - number] : CHOSEN[0]);
    }

    /** Pins a thread at the other end; the number, from 0, distinguishes several such threads. */
    static void pinOther(int number) {
        int others = CHOSEN.length - 1;
        pin(others == 0 ? CHOSEN[0] : CHOSEN[1 + number % others]);
    }

    /**
     * Returns whether threads that do the same as the measured one have to share its CPU, see
     * {@link #pinBesideMeasured}.
     */
    static boolean measuredSharesCpu(int threads, int others) {
        return threads > 1 && threads - 1 > Math.max(0, CHOSEN.length - 1 - others);
    }

    /** Returns whether threads of the other end share a CPU, see {@link #pinOther}. */
    static boolean othersShareCpu(int threads) {
        return threads > Math.max(1, CHOSEN.length - 1);
    }

    /** Lets time pass for a thread that can do nothing now. */
    static void pause(boolean sharesCpu) {
        if (sharesCpu) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private static void pin(int cpu) {
        try {
            Platform.pinCurrentThread(cpu);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
