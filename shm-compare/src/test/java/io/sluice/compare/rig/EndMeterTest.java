package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.transport.Payload;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose CPU time is an end's, and whose is that of what helps it. */
@Tag("alone")
@Timeout(60)
class EndMeterTest {
    private static final long BURNT_NS = 20_000_000;

    @Test
    void threadsThatALibraryHasStartedHelp() throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        CountDownLatch burnt = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread library =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    await(begin);
                                    burn();
                                    burnt.countDown();
                                    await(end);
                                });
        EndMeter meter = EndMeter.ofThisEnd();
        begin.countDown();
        burnt.await();
        meter.stop();
        end.countDown();
        library.join();
        long helped = meter.helpedNs();
        assertTrue(helped >= BURNT_NS / 2.0, helped + " ns");
        var counters = meter.counters(1, new Payload(8));
        assertTrue(counters.cpuNs() < BURNT_NS / 2, counters.toString());
        assertTrue(counters.processCpuNs() >= counters.cpuNs(), counters.toString());
    }

    @Test
    void whatAnEndUsesItselfIsNoHelp() {
        EndMeter meter = EndMeter.ofThisEnd();
        burn();
        meter.stop();
        // The tests' own threads may use a little.
        long helped = meter.helpedNs();
        assertTrue(helped < BURNT_NS / 2.0, helped + " ns");
        EndCounters counters = meter.counters(1, new Payload(8));
        assertTrue(counters.cpuNs() >= BURNT_NS);
        assertEquals(0L, counters.sharedHugeBytes());
        assertNotNull(counters.ownHugeBytes());
    }

    private static void burn() {
        var times = ManagementFactory.getThreadMXBean();
        long until = times.getCurrentThreadCpuTime() + BURNT_NS;
        while (times.getCurrentThreadCpuTime() < until) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
