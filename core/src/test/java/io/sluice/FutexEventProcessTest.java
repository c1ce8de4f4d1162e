package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.Membarrier;
import io.sluice.linux.MembarrierTest;
import io.sluice.memory.Memory;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.PingPong;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ends in two processes wake each other through futex events in a memory file. */
@Timeout(120)
class FutexEventProcessTest {
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final List<String> FLAGS = List.of();
    private static final List<String> WITHOUT_MEMBARRIER = List.of("-Dio.sluice.membarrier=false");

    /** Player 1 in another JVM; arguments: pid, descriptor number, rounds, spins, patient. */
    static final class Player {
        private Player() {}

        public static void main(String[] arguments) throws Exception {
            try (Descriptor file =
                    Descriptor.openProcessFile(
                            Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]))) {
                int rounds = Integer.parseInt(arguments[2]);
                int spins = Integer.parseInt(arguments[3]);
                boolean registered = Membarrier.registerGlobal();
                PingPong player = player(map(file), 1, spins, arguments[4].equals("true"));
                System.out.println("registered " + registered);
                System.out.println(player.play(rounds, ROUND_NANOS));
                System.out.println(player);
            }
        }
    }

    private static Memory map(Descriptor file) throws IOException {
        return Memory.words(Mapping.map(file, 0, PingPong.SIZE).segment());
    }

    private static PingPong player(Memory memory, int self, int spins, boolean patient) {
        return patient
                ? PingPong.untimed(memory, self, spins, Membarrier::fenceAllProcesses)
                : PingPong.timed(memory, self, spins, () -> false);
    }

    private static void play(int rounds, int spins, boolean patient, List<String> flags)
            throws Exception {
        try (Descriptor file = Descriptor.createMemory("events", PingPong.SIZE)) {
            file.seal();
            assertTrue(Membarrier.registerGlobal());
            PingPong player = player(map(file), 0, spins, patient);
            long pid = ProcessHandle.current().pid();
            try (ChildJvm child =
                    ChildJvm.start(flags, Player.class, pid, file.fd(), rounds, spins, patient)) {
                child.expectLine("registered " + patient);
                assertEquals(rounds, player.play(rounds, ROUND_NANOS), player::toString);
                child.expectLine(Integer.toString(rounds));
                System.out.println(player + "; " + child.readLine());
                assertEquals(0, child.waitFor());
            }
            assertTrue(player.sleeps() > 0 || spins > 0, player::toString);
        }
    }

    @Test
    void noWakeUpIsLostBetweenProcessesThatSleepAtOnce() throws Exception {
        play(10_000, 0, true, FLAGS);
    }

    @Test
    void noWakeUpIsLostBetweenProcessesThatSpinBefore() throws Exception {
        play(10_000, 100, true, FLAGS);
    }

    @Test
    void withoutMembarrierParkTimeoutsRecoverLostWakeUps() throws Exception {
        play(2_000, 10, false, WITHOUT_MEMBARRIER);
    }

    /** Calls each method of a futex event whose page was truncated. */
    static final class CutOff {
        private CutOff() {}

        public static void main(String[] arguments) throws Exception {
            try (Descriptor file = Descriptor.createMemory("cut", PingPong.SIZE)) {
                FutexEvent futexEvent = new FutexEvent(map(file), 0);
                futexEvent.prepareWait();
                file.resize(0);
                Runnable[] calls = {
                    futexEvent::prepareWait,
                    futexEvent::isArmed,
                    futexEvent::cancelWait,
                    futexEvent::notifyOne,
                    () -> futexEvent.await(1_000_000)
                };
                for (int i = 0; i < 5; i++) {
                    int errors = 0;
                    for (Runnable call : calls) {
                        try {
                            call.run();
                        } catch (InternalError e) {
                            errors++;
                        }
                    }
                    System.out.println(errors + " errors");
                }
            }
        }
    }

    @Test
    void aTruncatedPageCrashesNoProcess() throws Exception {
        List<String> interpreted = List.of("-Xint");
        for (List<String> flags : List.of(FLAGS, interpreted)) {
            try (ChildJvm child = ChildJvm.start(flags, CutOff.class)) {
                for (int i = 0; i < 5; i++) {
                    child.expectLine("5 errors");
                }
                assertEquals(0, child.waitFor());
            }
        }
    }

    @Test
    void membarrierCanBeSwitchedOff() throws Exception {
        try (ChildJvm child =
                ChildJvm.start(WITHOUT_MEMBARRIER, MembarrierTest.Unavailable.class)) {
            child.expectLine("false {}");
            assertEquals(0, child.waitFor());
        }
    }
}
