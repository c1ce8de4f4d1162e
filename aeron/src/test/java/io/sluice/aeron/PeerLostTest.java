package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.sluice.BrokenChannelException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that vanishes without the end of its stream is lost, and the outcome unknown. */
@Timeout(60)
@SuppressWarnings("try") // Some resources are only to be closed.
class PeerLostTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String CHANNEL = FreePort.channel();

    @TempDir Path directory;

    private static byte[] message(int value) {
        return new byte[] {(byte) value};
    }

    @Test
    void aSenderWhoseMachineVanishesIsLostAfterItsMessages() throws Exception {
        Path here = directory.resolve("here");
        Path there = directory.resolve("there");
        TestDriver gone = TestDriver.launch(there);
        try (TestDriver driver = TestDriver.launch(here);
                Aeron aeron = TestDriver.client(here);
                AeronReceiver receiver = AeronChannels.receiver(aeron, CHANNEL, 1)) {
            Aeron remote = TestDriver.client(there);
            AeronSender sender = AeronChannels.sender(remote, CHANNEL, 1);
            assertTrue(sender.awaitReceiver(LONG));
            sender.send(message(1));
            sender.send(message(2));
            assertArrayEquals(message(1), receiver.receive(LONG));
            gone.close(); // Without a word to its peers.
            assertArrayEquals(message(2), receiver.receive(LONG));
            PeerLostException lost =
                    assertThrows(PeerLostException.class, () -> receiver.receive(LONG));
            assertTrue(lost.getMessage().contains("without an end"), lost::getMessage);
            assertFalse(receiver.isEndOfStream());
            assertNull(receiver.receive(Duration.ofMillis(100))); // Once only.
            assertFalse(receiver.isEndOfStream());

            // The one whose media driver has vanished learns it, too, and cannot send any more.
            PeerLostException driverLost =
                    assertThrows(
                            PeerLostException.class,
                            () -> {
                                while (true) {
                                    try {
                                        if (sender.send(message(3), Duration.ofMillis(1))) {
                                            continue; // Into a term that is read no more.
                                        }
                                    } catch (BrokenChannelException e) {
                                        continue;
                                    }
                                }
                            });
            assertTrue(driverLost.getMessage().contains("media driver"), driverLost::getMessage);
            sender.close();
            remote.close();

            // It comes back: the stream goes on, and can end.
            try (TestDriver again = TestDriver.launch(there);
                    Aeron client = TestDriver.client(there)) {
                try (AeronSender next = AeronChannels.sender(client, CHANNEL, 1)) {
                    next.send(message(4));
                    assertArrayEquals(message(4), receiver.receive(LONG));
                }
                assertNull(receiver.receive(LONG));
                assertTrue(receiver.isEndOfStream());
            }
        }
    }

    @Test
    void aReceiverWhoseMediaDriverVanishesSaysSo() throws Exception {
        Path here = directory.resolve("driver");
        TestDriver driver = TestDriver.launch(here);
        Aeron aeron = TestDriver.client(here);
        AeronReceiver receiver = AeronChannels.receiver(aeron, "aeron:ipc", 2);
        driver.close();
        PeerLostException lost =
                assertThrows(PeerLostException.class, () -> receiver.receive(LONG));
        assertTrue(lost.getMessage().contains("media driver"), lost::getMessage);
        receiver.close();
        aeron.close();
        IllegalStateException closed =
                assertThrows(
                        IllegalStateException.class,
                        () -> AeronChannels.receiver(aeron, "aeron:ipc", 2));
        assertEquals("the Aeron client is closed: connect another one", closed.getMessage());
    }

    @Test
    void aSenderWhoseProcessDiesEndsItsStreamAsItsMediaDriverLives() throws Exception {
        Path here = directory.resolve("both");
        try (TestDriver driver = TestDriver.launch(here);
                Aeron aeron = TestDriver.client(here);
                AeronReceiver receiver = AeronChannels.receiver(aeron, CHANNEL, 3);
                ChildProgram child =
                        ChildProgram.start(SendAndWait.class, here.toString(), CHANNEL, "3")) {
            assertArrayEquals(message(9), receiver.receive(LONG));
            child.kill();
            assertNull(receiver.receive(LONG));
            assertTrue(receiver.isEndOfStream());
        }
    }

    /** Sends one message, and waits to be killed. */
    static final class SendAndWait {
        public static void main(String[] args) throws Exception {
            Aeron aeron = TestDriver.client(Path.of(args[0]));
            AeronChannels.sender(aeron, args[1], Integer.parseInt(args[2])).send(message(9));
            Thread.sleep(Duration.ofMinutes(1));
        }
    }
}
