package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.TestThreads;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how long, and where, waiting threads spin. */
class AdaptiveSpinTest {
    @TempDir Path directory;

    @Test
    void itFollowsTheMeanOfWakeUps() {
        AdaptiveSpin time = new AdaptiveSpin(20_000);
        for (int i = 0; i < 100; i++) {
            time.recordWakeUp(8_000);
        }
        assertEquals(16_000, time.nanos(), 100);
        for (int i = 0; i < 100; i++) {
            time.recordWakeUp(50_000);
        }
        assertEquals(100_000, time.nanos(), 100);
    }

    @Test
    void oneLongWakeUpChangesLittle() {
        AdaptiveSpin time = new AdaptiveSpin(10_000);
        time.recordWakeUp(1_000_000_000);
        assertTrue(time.nanos() < 50_000, () -> "" + time.nanos());
    }

    @Test
    void itStaysWithinBounds() {
        AdaptiveSpin time = new AdaptiveSpin(10_000);
        for (long nanos : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            for (int i = 0; i < 100; i++) {
                time.recordWakeUp(nanos);
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
        assertFalse(CpuCount.isMultiCpu(directory));
        thread("3", "0,7");
        assertTrue(CpuCount.isMultiCpu(directory));
    }

    @Test
    void aSystemWithoutThoseFilesIsSingleCpu() {
        assertFalse(CpuCount.isMultiCpu(directory.resolve("missing")));
    }

    /** A pinned thread also counts the CPUs that the process's other threads may run on. */
    @Test
    void aPinnedThreadSeesTheOthersCpus() throws Exception {
        boolean several = CpuCount.isMultiCpu();
        TestThreads testThreads = new TestThreads("the pinned thread");
        testThreads.start(
                () -> {
                    Platform.pinCurrentThread(Platform.allowedCpus()[0]);
                    assertEquals(1, Platform.allowedCpus().length);
                    assertEquals(several, CpuCount.isMultiCpu());
                });
        testThreads.join();
    }
}
