package io.sluice.aeron;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.sluice.Proof;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over a network that loses, delays and reorders, each message arrives once, in order. */
@Timeout(600)
@SuppressWarnings("try") // Some resources are only to be closed.
class BadNetworkTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final double LOSS = 0.01;
    private static final long MAX_DELAY_NANOS = 1_000_000;

    private static final Executor THREADS = work -> Thread.ofPlatform().daemon().start(work);

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private static String channel(int port) {
        return "aeron:udp?endpoint=localhost:" + port;
    }

    private static void send(Aeron aeron, int port, int messages) {
        String channel = channel(port);
        try (AeronSender sender = AeronChannels.sender(aeron, channel, 1)) {
            for (long i = 0; i < messages; i++) {
                AeronClaim claim = sender.claim(8 + (int) (i % 50) * 8, LONG);
                claim.putLong(0, i).commit();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long receive(AeronReceiver receiver) {
        long[] next = new long[1];
        try {
            while (receiver.receive(
                            (memory, offset, length) -> {
                                assertEquals(next[0], memory.get(JAVA_LONG, offset));
                                assertEquals(8 + next[0] % 50 * 8, length);
                                next[0]++;
                            },
                            256)
                    >= 0) {}
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return next[0];
    }

    @Test
    void eachWayEachMessageArrivesOnceInOrderAndThenTheEnd() throws Exception {
        int messages = Proof.size(20_000, 1_000_000);
        Path a = directory.resolve("a");
        Path b = directory.resolve("b");
        int portA = FreePort.next();
        int portB = FreePort.next();
        int relayToA = FreePort.next();
        int relayToB = FreePort.next();
        try (UdpRelay toB = new UdpRelay(relayToB, portB, LOSS, MAX_DELAY_NANOS);
                UdpRelay toA = new UdpRelay(relayToA, portA, LOSS, MAX_DELAY_NANOS);
                TestDriver driverA = TestDriver.launch(a);
                TestDriver driverB = TestDriver.launch(b);
                Aeron aeronA = TestDriver.client(a);
                Aeron aeronB = TestDriver.client(b);
                AeronReceiver atB = AeronChannels.receiver(aeronB, channel(portB), 1);
                AeronReceiver atA = AeronChannels.receiver(aeronA, channel(portA), 1)) {
            List<CompletableFuture<Long>> received = new ArrayList<>();
            received.add(CompletableFuture.supplyAsync(() -> receive(atB), THREADS));
            received.add(CompletableFuture.supplyAsync(() -> receive(atA), THREADS));
            Thread other = Thread.ofPlatform().start(() -> send(aeronB, relayToA, messages));
            send(aeronA, relayToB, messages);
            other.join();
            for (CompletableFuture<Long> way : received) {
                assertEquals(messages, way.join());
            }
            assertTrue(toB.lost() > 0 && toA.lost() > 0);
            System.out.printf(
                    "%,d messages each way, lost 0, doubled 0; datagrams lost %,d of %,d%n",
                    messages, toB.lost() + toA.lost(), toB.passed() + toA.passed());
        }
    }
}
