package io.sluice.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Crew;
import io.sluice.os.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how long, and where, waiting threads spin. */
class SpinTimeTest {
    @TempDir Path directory;

    @Test
    void itFollowsWhatWakeUpsTake() {
        SpinTime time = new SpinTime(20_000);
        for (int i = 0; i < 100; i++) {
            time.measured(8_000);
        }
        assertEquals(16_000, time.nanos(), 100);
        for (int i = 0; i < 100; i++) {
            time.measured(50_000);
        }
        assertEquals(100_000, time.nanos(), 100);
    }

    @Test
    void oneWakeUpThatTookLongChangesLittle() {
        SpinTime time = new SpinTime(10_000);
        time.measured(1_000_000_000);
        assertTrue(time.nanos() < 50_000, () -> "" + time.nanos());
    }

    @Test
    void itStaysWithinBoundsWhateverIsMeasured() {
        SpinTime time = new SpinTime(10_000);
        for (long nanos : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            for (int i = 0; i < 100; i++) {
                time.measured(nanos);
                assertTrue(time.nanos() >= 10_000 && time.nanos() <= 200_000);
            }
        }
    }

    private void thread(String name, String allowed) throws IOException {
        Path thread = Files.createDirectory(directory.resolve(name));
        Files.writeString(
                thread.resolve("status"),
                "Name:\tjava\nCpus_allowed:\t1\nCpus_allowed_list:\t" + allowed + "\nMems:\t0\n");
    }

    @Test
    void aThreadThatMayRunOnSeveralCpusIsFound() throws IOException {
        thread("1", "0");
        thread("2", "13");
        Files.createDirectory(directory.resolve("ended"));
        assertFalse(Processors.several(directory));
        thread("3", "0,7");
        assertTrue(Processors.several(directory));
    }

    @Test
    void aSystemWithoutThoseFilesIsTakenAtItsWord() {
        assertFalse(Processors.several(directory.resolve("missing")));
    }

    /** A pinned thread also counts the CPUs that the process's other threads may run on. */
    @Test
    void aPinnedThreadSeesTheOthersCpus() throws Exception {
        boolean several = Processors.several();
        Crew crew = new Crew("the pinned thread");
        crew.start(
                () -> {
                    Threads.pinCurrentThread(Threads.allowedCpus()[0]);
                    assertEquals(1, Threads.allowedCpus().length);
                    assertEquals(several, Processors.several());
                });
        crew.join();
    }
}
