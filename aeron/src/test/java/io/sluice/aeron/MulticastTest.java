package io.sluice.aeron;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.sluice.MessageHandler;
import io.sluice.Proof;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Flow control of multicast: with {@code min} nothing is lost, with {@code max} it is counted. */
@Timeout(60)
@SuppressWarnings("try") // Some resources are only to be closed.
class MulticastTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String GROUP = FreePort.multicast();

    /** What a message of 8 bytes takes in the stream: with its header, aligned to 32. */
    private static final int FRAME_LENGTH = 64;

    @TempDir Path directory;

    /** Receives numbers in order, and counts those that are missing. */
    private static final class NumberCheck {
        private final AeronReceiver receiver;
        private final MessageHandler handler =
                (memory, offset, length) -> next(memory.get(JAVA_LONG, offset));
        private long received;
        private long missing;
        private long last = -1;

        NumberCheck(AeronReceiver receiver) {
            this.receiver = receiver;
        }

        private void next(long number) {
            assertTrue(number > last, () -> number + " after " + last);
            missing += number - last - 1;
            last = number;
            received++;
        }

        int poll(int limit) {
            return receiver.poll(handler, limit);
        }
    }

    @Test
    void withMinTheSenderWaitsForTheSlowest() throws Exception {
        int messages = Proof.size(20_000, 1_000_000);
        String channel = GROUP + "|fc=min";
        try (TestDriver driver = TestDriver.launch(directory.resolve("a"));
                TestDriver other = TestDriver.launch(directory.resolve("b"));
                Aeron aeron = TestDriver.client(directory.resolve("a"));
                Aeron remote = TestDriver.client(directory.resolve("b"));
                AeronReceiver fast = AeronChannels.receiver(aeron, GROUP, 1);
                AeronReceiver slow = AeronChannels.receiver(remote, GROUP, 1);
                AeronSender sender = AeronChannels.sender(aeron, channel, 1)) {
            assertTrue(fast.awaitSender(LONG));
            assertTrue(slow.awaitSender(LONG));
            NumberCheck all = new NumberCheck(fast);
            NumberCheck slowly = new NumberCheck(slow);
            long number = 0;
            int rounds = 0;
            while (slowly.received < messages || all.received < messages) {
                for (int i = 0; i < 100 && number < messages; i++) {
                    AeronClaim claim = sender.tryClaim(8);
                    if (claim == null) {
                        break;
                    }
                    claim.putLong(0, number++).commit();
                }
                all.poll(1000);
                slowly.poll(rounds++ % 2 == 0 ? 60 : 0);
            }
            assertEquals(0, all.missing + slowly.missing);
            assertEquals(0, fast.lostBytes() + slow.lostBytes());
        }
    }

    @Test
    void withMaxTheSlowestLosesWhatItCounts() throws Exception {
        String channel = GROUP + "|fc=max";
        try (TestDriver driver = TestDriver.launch(directory.resolve("a"));
                TestDriver other = TestDriver.launch(directory.resolve("b"));
                Aeron aeron = TestDriver.client(directory.resolve("a"));
                Aeron remote = TestDriver.client(directory.resolve("b"));
                AeronReceiver fast = AeronChannels.receiver(aeron, GROUP, 2);
                AeronReceiver slow = AeronChannels.receiver(remote, GROUP, 2);
                AeronSender sender = AeronChannels.sender(aeron, channel, 2)) {
            assertTrue(fast.awaitSender(LONG));
            assertTrue(slow.awaitSender(LONG));
            NumberCheck all = new NumberCheck(fast);
            NumberCheck some = new NumberCheck(slow);
            long number = 0;
            while (number < 40_000) { // Ten times the window; the slow one receives nothing.
                AeronClaim claim = sender.tryClaim(8);
                if (claim != null) {
                    claim.putLong(0, number++).commit();
                }
                all.poll(1000);
            }
            boolean lost = false;
            long start = System.nanoTime();
            // It may have found the sender again before it is told: after what has arrived.
            while (some.missing == 0 || !lost) {
                assertTrue(System.nanoTime() - start < LONG.toNanos(), () -> slow.toString());
                try {
                    some.poll(1000);
                } catch (PeerLostException e) {
                    lost = true; // Left behind: it finds the sender again.
                }
                AeronClaim claim = sender.tryClaim(8);
                if (claim != null) {
                    claim.putLong(0, number++).commit();
                }
                all.poll(1000);
            }
            assertEquals(0, all.missing);
            assertEquals(some.missing * FRAME_LENGTH, slow.lostBytes());
        }
    }
}
