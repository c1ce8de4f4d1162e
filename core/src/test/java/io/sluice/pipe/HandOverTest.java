package io.sluice.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSpec;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.RendezvousLaneSender;
import io.sluice.wait.Waiter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a non-blocking send on a rendezvous pipe tries: by the clock, not by a number of looks.
 */
@Timeout(30)
class HandOverTest {
    private static final byte[] MESSAGE = new byte[8];

    @TempDir Path directory;

    private long now;
    private int readings;

    /** Makes a hand-over whose clock advances by the given time at each reading. */
    private HandOver handOver(SenderEndpoint end, long nanosPerReading) {
        return new HandOver(
                end,
                (RendezvousLaneSender) end.lane(),
                () -> {
                    readings++;
                    now += nanosPerReading;
                    return now;
                });
    }

    private static boolean offer(SenderEndpoint end, HandOver handOver) {
        boolean written = end.lane().tryWrite(MESSAGE, 0, MESSAGE.length);
        handOver.announce();
        return written;
    }

    /**
     * The first message of a sender is announced, so it counts as one that had to wake a receiver.
     */
    @Test
    void whereEachYieldTakesASliceOneIsEnough() throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.rendezvous().senders(1));
        try (PipeReceiver receiver = pipe.receiver();
                SenderEndpoint end =
                        SenderEndpoint.attach(
                                PipeFiles.open(path, false), null, Waiter.DEFAULT_SPINS)) {
            HandOver handOver = handOver(end, 4_000_000);
            assertTrue(offer(end, handOver));
            assertFalse(handOver.tryAwait());
            assertEquals(4, readings); // One when each phase begins, and one after the first looks.
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
        }
    }

    @Test
    void theTimeIsUsed() throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.rendezvous().senders(1));
        try (PipeReceiver receiver = pipe.receiver();
                SenderEndpoint end =
                        SenderEndpoint.attach(
                                PipeFiles.open(path, false), null, Waiter.DEFAULT_SPINS)) {
            HandOver handOver = handOver(end, 1_000);
            assertTrue(offer(end, handOver));
            assertFalse(handOver.tryAwait());
            assertTrue(readings > 100 && readings < 1000, "readings=" + readings);
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
        }
    }

    /** A message that takes long to copy gets a longer time limit. */
    @Test
    void aLongMessageHasMoreTime() throws Exception {
        Path path = directory.resolve("pipe");
        int length = 10_000_000;
        Pipe pipe = Pipe.create(path, PipeSpec.rendezvous(length).senders(1));
        try (PipeReceiver receiver = pipe.receiver();
                SenderEndpoint end =
                        SenderEndpoint.attach(
                                PipeFiles.open(path, false), null, Waiter.DEFAULT_SPINS)) {
            HandOver handOver = handOver(end, 100_000);
            assertTrue(end.lane().tryWrite(new byte[length], 0, length));
            handOver.announce();
            assertFalse(handOver.tryAwait());
            assertTrue(readings > 50 && readings < 100, "readings=" + readings);
            assertEquals(0, receiver.poll((memory, offset, received) -> {}, 1));
        }
    }
}
