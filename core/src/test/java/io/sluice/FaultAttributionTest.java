package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Only a faulty lane is given up, and only a dead process is treated as dead. */
@Timeout(60)
class FaultAttributionTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private static void write(Path file, long offset, long word) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes.putLong(0, word), offset);
        }
    }

    @Test
    void aHandlersExceptionDoesNotPoisonTheLane() throws Exception {
        Pipe from = Pipe.create(directory.resolve("from"), PipeSpec.bounded().senders(2));
        Pipe to = Pipe.create(directory.resolve("to"), PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = from.sender();
                PipeReceiver receiver = from.receiver();
                PipeSender onward = to.sender()) {
            Path lane = to.path().resolve("lane-0");
            write(lane, LaneDescriptor.RECEIVER_POSITION_OFFSET, -1);
            for (int i = 0; i < 3; i++) {
                assertTrue(sender.trySend(new byte[] {(byte) i}));
            }
            MessageHandler forward =
                    (memory, offset, length) -> {
                        while (true) {
                            onward.trySend(new byte[1000]);
                        }
                    };
            ChannelCorruptedException e =
                    assertThrows(ChannelCorruptedException.class, () -> receiver.poll(forward, 1));
            assertTrue(e.getMessage().startsWith("the receiver's position"), e::toString);
            assertArrayEquals(new byte[] {1}, receiver.tryReceive());
            assertArrayEquals(new byte[] {2}, receiver.tryReceive());
        }
    }

    @Test
    void aCorruptTimestampDoesNotHideAMessageForEver() throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(2).order(Order.ARRIVAL);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        PipeSender guilty = pipe.sender();
        PipeSender other = pipe.sender();
        try (PipeReceiver receiver = pipe.receiver()) {
            assertTrue(guilty.trySend(new byte[] {1}));
            assertTrue(other.trySend(new byte[] {2}));
            Path lane = pipe.path().resolve("lane-0");
            long ring = Files.size(lane) - pipe.capacity();
            write(lane, ring + 8, Long.MIN_VALUE);
            assertThrows(ChannelCorruptedException.class, receiver::tryReceive);
            assertArrayEquals(new byte[] {2}, receiver.tryReceive());
            guilty.close();
            other.close();
            assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1, DEADLINE));
        }
    }

    /** Sends a message, or receives one and blocks in the handler. */
    static final class Peer {
        private Peer() {}

        public static void main(String[] arguments) throws Exception {
            Pipe pipe = Pipe.open(Path.of(arguments[1]));
            if (arguments[0].equals("send")) {
                PipeSender sender = pipe.sender();
                sender.send(new byte[] {1});
                System.out.println("sent");
                System.in.read();
                sender.close();
            } else {
                PipeReceiver receiver = pipe.receiver();
                receiver.receive(
                        (memory, offset, length) -> {
                            System.out.println("taken");
                            try {
                                System.in.read();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        },
                        1);
                receiver.close();
            }
        }
    }

    /** A receiver detects a sender's death although the pipe's files were unlinked. */
    @Test
    void aDeathIsNoticedThoughThePipeWasDeleted() throws Exception {
        for (int receivers = 1; receivers <= 2; receivers++) {
            PipeSpec spec = PipeSpec.bounded(4096).senders(2).receivers(receivers);
            Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
            try (ChildJvm child = ChildJvm.start(Peer.class, "send", pipe.path());
                    PipeReceiver receiver = pipe.receiver()) {
                child.expectLine("sent");
                assertArrayEquals(new byte[] {1}, receiver.receive(DEADLINE));
                assertTrue(Pipe.delete(pipe.path()));
                child.kill();
                assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1, DEADLINE));
            }
        }
    }

    @Test
    void aReceiversDeathIsNoticedThoughThePipeWasDeleted() throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(2).receivers(2);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        try (ChildJvm child = ChildJvm.start(Peer.class, "take", pipe.path());
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertTrue(sender.awaitReceiver(DEADLINE));
            long end = System.nanoTime() + DEADLINE.toNanos();
            Thread reader =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            child.expectLine("taken");
                                        } catch (IOException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            while (reader.isAlive()) { // Until the child receives one.
                sender.send(new byte[] {1}, Duration.ofMillis(10));
                receiver.tryReceive();
                assertTrue(System.nanoTime() < end, "the child takes nothing");
            }
            assertTrue(Pipe.delete(pipe.path()));
            child.kill();
            while (receiver.receive(Duration.ofMillis(100)) != null) {}
            assertTrue(sender.send(new byte[] {5}, DEADLINE));
            assertArrayEquals(new byte[] {5}, receiver.receive(DEADLINE));
            assertFalse(receiver.isEndOfStream());
        }
    }

    /**
     * The sender that detects the death has not opened the other lane and no longer can: that
     * lane's own sender recovers the room.
     */
    @Test
    void aDeadReceiversRoomComesBackThoughThePipeWasDeleted() throws Exception {
        PipeSpec spec =
                PipeSpec.bounded(4096)
                        .senders(2)
                        .receivers(2)
                        .delivery(Delivery.AT_MOST_ONCE)
                        .retainWithoutReceivers(true);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        byte[] large = new byte[2000];
        try (PipeSender held = pipe.sender();
                PipeSender other = pipe.sender();
                ChildJvm child = ChildJvm.start(Peer.class, "take", pipe.path())) {
            assertTrue(held.trySend(large));
            child.expectLine("taken");
            assertTrue(held.trySend(large));
            assertFalse(held.trySend(large));
            assertTrue(Pipe.delete(pipe.path()));
            child.kill();
            while (other.trySend(large)) {}
            assertFalse(
                    other.send(large, Duration.ofMillis(200)), "which looks for dead receivers");
            assertTrue(held.send(large, DEADLINE), held::toString);
        }
    }
}
