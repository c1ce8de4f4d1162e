package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes between real processes, which are killed, paused and replaced. */
@Timeout(120)
class PipeProcessTest {
    private static final int KILLS = Proof.size(3, 20);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    /** Sends numbered messages of varying length without end, from a given number. */
    static final class EndlessSender {
        public static void main(String[] arguments) throws Exception {
            PipeSender sender = Pipe.open(Path.of(arguments[0])).sender();
            System.out.println("ready");
            Random random = new Random(1);
            for (long n = Long.parseLong(arguments[1]); ; n++) {
                sender.send(message(n, random.nextInt(200)));
            }
        }
    }

    /** Sends a given number of numbered messages and closes. */
    static final class CountingSender {
        public static void main(String[] arguments) throws Exception {
            try (PipeSender sender = Pipe.open(Path.of(arguments[0])).sender()) {
                for (long n = 0; n < Long.parseLong(arguments[1]); n++) {
                    sender.send(message(n, (int) (n % 100)));
                }
            }
        }
    }

    /** Receives without end, and prints a line after the first batch. */
    static final class EndlessReceiver {
        public static void main(String[] arguments) throws Exception {
            PipeReceiver receiver = Pipe.open(Path.of(arguments[0])).receiver();
            receiver.receive((memory, offset, length) -> {}, 10);
            System.out.println("receiving");
            while (receiver.receive((memory, offset, length) -> {}, 10) > 0) {}
        }
    }

    /** Receives one message, prints a line, and never returns from the handler. */
    static final class HoldingReceiver {
        public static void main(String[] arguments) throws Exception {
            PipeReceiver receiver = Pipe.open(Path.of(arguments[0])).receiver();
            receiver.receive(
                    (memory, offset, length) -> {
                        System.out.println("holding");
                        while (true) {
                            java.util.concurrent.locks.LockSupport.park();
                        }
                    },
                    1);
        }
    }

    /** Attaches as the sender, sends one message, and waits for a line of input. */
    static final class IdleSender {
        public static void main(String[] arguments) throws Exception {
            PipeSender sender = Pipe.open(Path.of(arguments[0])).sender();
            sender.send(message(0, 0));
            System.out.println("ready");
            while (System.in.read() != '\n') {}
            sender.send(message(1, 0));
            sender.close();
        }
    }

    static byte[] message(long n, int extra) {
        byte[] message = new byte[8 + extra];
        MemorySegment.ofArray(message).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, n);
        for (int i = 8; i < message.length; i++) {
            message[i] = (byte) (n + i);
        }
        return message;
    }

    /** Checks that messages are whole and come in order from number to number. */
    private static final class Sequence implements MessageHandler {
        long next = -1;
        long count;

        @Override
        public void onMessage(MemorySegment memory, long offset, int length) {
            long n = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
            if (next >= 0) {
                assertEquals(next, n, "lost, doubled or out of order");
            }
            for (int i = 8; i < length; i++) {
                assertEquals((byte) (n + i), memory.get(ValueLayout.JAVA_BYTE, offset + i), "torn");
            }
            next = n + 1;
            count++;
        }
    }

    private Path pipe() throws Exception {
        return Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(8192).senders(1)).path();
    }

    @Test
    void messagesOfAnotherProcessArriveOnceInOrderAndThenTheEnd() throws Exception {
        Path pipe = pipe();
        Sequence sequence = new Sequence();
        try (PipeReceiver receiver = Pipe.open(pipe).receiver();
                ChildJvm sender = ChildJvm.start(CountingSender.class, pipe, 200_000)) {
            while (receiver.receive(sequence, 64, DEADLINE) > 0) {}
            assertTrue(receiver.isEndOfStream(), receiver::toString);
            assertEquals(200_000, sequence.count);
            assertEquals(0, sender.waitFor());
        }
    }

    /** The guarantee of the first release: kill -9 of the sender in the middle of a stream. */
    @Test
    void aKilledSenderLosesNothingThatItCommittedAndThenComesTheEnd() throws Exception {
        Path pipe = pipe();
        Random random = new Random();
        long total = 0;
        try (PipeReceiver receiver = Pipe.open(pipe).receiver()) {
            Sequence sequence = new Sequence();
            for (int kill = 0; kill < KILLS; kill++) {
                long first = Math.max(0, sequence.next);
                try (ChildJvm sender = ChildJvm.start(EndlessSender.class, pipe, first)) {
                    sender.expectLine("ready");
                    long until = sequence.count + 1 + random.nextInt(20_000);
                    while (sequence.count < until) {
                        assertTrue(receiver.receive(sequence, 16, DEADLINE) > 0, "no end yet");
                    }
                    sender.kill();
                }
                int n;
                while ((n = receiver.receive(sequence, 16, DEADLINE)) > 0) {}
                assertEquals(-1, n, () -> "no end: " + receiver);
                assertTrue(receiver.isEndOfStream());
            }
            total = sequence.count;
            assertEquals(sequence.next, total, "each number once, over all senders");
        }
        System.out.println(
                KILLS + " senders killed, " + total + " messages: 0 lost, 0 doubled, 0 torn");
    }

    @Test
    void aKilledReceiverBreaksThePipe() throws Exception {
        Path pipe = pipe();
        try (PipeSender sender = Pipe.open(pipe).sender()) {
            for (int kill = 0; kill < Proof.size(2, 5); kill++) {
                try (ChildJvm receiver = ChildJvm.start(EndlessReceiver.class, pipe)) {
                    sendUntil(sender, receiver);
                    receiver.kill();
                }
                BrokenChannelException e =
                        assertThrows(
                                BrokenChannelException.class,
                                () -> {
                                    while (sender.send(new byte[100], DEADLINE)) {}
                                });
                assertTrue(e.getMessage().contains("has left"), e.getMessage());
                assertThrows(BrokenChannelException.class, () -> sender.trySend(new byte[1]));
            }
        }
    }

    /** That sender always finds room. */
    @Test
    void aKilledReceiverBreaksAPipeThatDropsItsOldestMessages() throws Exception {
        Path pipe = directory.resolve("pipe");
        PipeSpec spec = PipeSpec.unbounded(1 << 16).overflow(OverflowPolicy.DROP_OLDEST);
        try (PipeSender sender = Pipe.create(pipe, spec).sender();
                ChildJvm receiver = ChildJvm.start(EndlessReceiver.class, pipe)) {
            sendUntil(sender, receiver);
            receiver.kill();
            byte[] message = new byte[1000];
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            assertThrows(
                    BrokenChannelException.class,
                    () -> {
                        while (System.nanoTime() < deadline) {
                            sender.trySend(message);
                        }
                    },
                    () -> pipe + " is not broken after 30 s of sending");
        }
    }

    /** Sends until the receiver reports that it receives; another was attached before. */
    private static void sendUntil(PipeSender sender, ChildJvm receiver) throws Exception {
        Thread reader =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        receiver.expectLine("receiving");
                                    } catch (java.io.IOException e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                });
        while (reader.isAlive()) {
            try {
                sender.send(message(0, 50), Duration.ofMillis(1));
            } catch (BrokenChannelException e) {
                Thread.onSpinWait(); // The one before; the next is starting.
            }
        }
        reader.join();
    }

    /** No end has queried yet whether the dead receiver is alive. */
    @Test
    void whatADeadReceiverHadTakenComesBeforeTheEnd() throws Exception {
        Path pipe =
                Pipe.create(
                                directory.resolve("many"),
                                PipeSpec.bounded(8192).senders(1).receivers(2))
                        .path();
        PipeSender sender = Pipe.open(pipe).sender();
        try (ChildJvm holder = ChildJvm.start(HoldingReceiver.class, pipe)) {
            sender.send(message(7, 10));
            holder.expectLine("holding");
            try (PipeReceiver receiver = Pipe.open(pipe).receiver()) {
                sender.close();
                holder.kill();
                int[] attempt = new int[1];
                assertEquals(
                        1,
                        receiver.receive((m, o, l) -> attempt[0] = receiver.deliveryAttempt(), 1),
                        "the end came first");
                assertEquals(1, attempt[0]);
                assertEquals(-1, receiver.receive((m, o, l) -> {}, 1));
            }
        }
    }

    @Test
    void aPausedSenderIsNotADeadOne() throws Exception {
        Path pipe = pipe();
        Sequence sequence = new Sequence();
        try (PipeReceiver receiver = Pipe.open(pipe).receiver();
                ChildJvm sender = ChildJvm.start(IdleSender.class, pipe)) {
            sender.expectLine("ready");
            assertEquals(1, receiver.receive(sequence, 1, DEADLINE));
            sender.signal("STOP");
            // Long enough for hundreds of liveness queries to the kernel.
            assertEquals(0, receiver.receive(sequence, 1, Duration.ofMillis(500)));
            assertFalse(receiver.isEndOfStream(), "paused, not gone");
            assertThrows(IllegalStateException.class, () -> Pipe.open(pipe).sender());
            sender.signal("CONT");
            sender.say("");
            assertEquals(1, receiver.receive(sequence, 1, DEADLINE));
            assertEquals(-1, receiver.receive(sequence, 1, DEADLINE));
        }
    }

    @Test
    void aSecondSenderIsRefusedWhileTheFirstLivesInWhateverProcess() throws Exception {
        Path pipe = pipe();
        try (ChildJvm child = ChildJvm.start(IdleSender.class, pipe)) {
            child.expectLine("ready");
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> Pipe.open(pipe).sender());
            assertTrue(e.getMessage().contains("process " + child.pid()), e.getMessage());
            child.kill();
            Pipe.open(pipe).sender().close();
        }
    }
}
