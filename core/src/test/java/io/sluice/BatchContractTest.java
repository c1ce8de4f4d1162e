package io.sluice;

import static io.sluice.ContractPipe.LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of batches, in each kind of pipe; {@link ChannelContractTest} has the others. */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class BatchContractTest {
    private static final Duration MOMENT = Duration.ofMillis(2);

    static List<Combination> combinations() {
        return Combination.expressible().stream()
                .filter(
                        c ->
                                c.capacity() != Combination.PipeCapacity.ONE
                                        && c.delivery() == Delivery.AT_LEAST_ONCE
                                        && !c.retained()
                                        && c.overflow() != OverflowPolicy.DROP_NEWEST
                                        && c.overflow() != OverflowPolicy.FAIL
                                        && (Proof.isProofBuild() || isFew(c)))
                .toList();
    }

    /** Tests whether it is one of a few that have each kind of lane. */
    private static boolean isFew(Combination c) {
        return c.sleeps() == (c.senders() == 1)
                && c.mapped() == (c.capacity() != Combination.PipeCapacity.SMALL)
                && c.senders() > 1 == (c.order() == Order.ARRIVAL);
    }

    static boolean buffers(Combination combination) {
        return combination.holds();
    }

    static boolean isRendezvous(Combination combination) {
        return !combination.holds();
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;

    @AfterEach
    void close() throws Exception {
        pipe.close();
    }

    private void make() throws IOException {
        pipe = new ContractPipe(combination, combination.spec());
    }

    /** The room of so many messages of the given length. */
    private int room(int messages, int length) {
        int stamp = combination.order() == Order.ARRIVAL ? 8 : 0;
        return messages * Math.max(16, 8 + (length + stamp + 7 & -8));
    }

    @TestWhere("isRendezvous")
    void aRendezvousHasNoBatches() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        pipe.receiver();
        byte[] message = new byte[8];
        assertThrows(UnsupportedOperationException.class, () -> sender.tryBatch(64));
        assertThrows(UnsupportedOperationException.class, () -> sender.batch(64));
        assertThrows(UnsupportedOperationException.class, () -> sender.append(message));
        sender.flush();
    }

    @TestWhere("buffers")
    void allOfABatchIsReceivedOnceItIsCommitted() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int next = 0;
        for (int round = 0; round < 20; round++) {
            int messages = round % 9;
            Batch batch = sender.batch(room(messages + 1, 63));
            for (int i = 0; i < messages; i++) {
                byte[] message = pipe.message(next + i);
                switch (i % 3) {
                    case 0 -> batch.add(message);
                    case 1 -> batch.add(MemorySegment.ofArray(message), 0, message.length);
                    default -> {
                        long at = batch.claim(message.length);
                        MemorySegment base = batch.base();
                        MemorySegment.copy(
                                message, 0, base, ValueLayout.JAVA_BYTE, at, message.length);
                    }
                }
                assertNull(receiver.tryReceive(), "nothing is visible");
            }
            assertEquals(0, pipe.statistics().messages());
            batch.commit();
            pipe.assertStored(messages);
            for (int i = 0; i < messages; i++) {
                assertEquals(next++, pipe.number(receiver.tryReceive()));
            }
            assertNull(receiver.tryReceive());
            pipe.pass(sender, receiver, pipe.message(next));
        }
        assertThrows(IllegalStateException.class, () -> sender.tryBatch(64).claim(64));
    }

    @TestWhere("buffers")
    void aBatchHasTheRoomThatItIsBegunWith() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int longest = pipe.maxMessageLength();
        for (int round = 0; round < 6; round++) {
            for (int length : new int[] {0, 1, 8, 9, 24, 33, 100}) {
                int messages = 2 + round;
                byte[] message = new byte[length];
                Batch batch = sender.batch(room(messages, length));
                for (int i = 0; i < messages; i++) {
                    batch.add(message);
                }
                if (length > 0) {
                    assertFalse(batch.tryAdd(message, 0, length), "full");
                    assertThrows(IllegalStateException.class, () -> batch.claim(length));
                }
                batch.commit();
                for (int i = 0; i < messages; i++) {
                    assertEquals(length, receiver.receive(LONG).length);
                }
            }
            Batch batch = sender.batch(room(1, longest));
            batch.add(new byte[longest]);
            batch.commit();
            assertEquals(longest, receiver.receive(LONG).length);
        }
        int tooLarge = room(1, longest) + 1;
        assertThrows(IllegalArgumentException.class, () -> sender.tryBatch(tooLarge));
        assertThrows(IllegalArgumentException.class, () -> sender.batch(15));
        Batch batch = sender.batch(128);
        assertThrows(IllegalArgumentException.class, () -> batch.add(new byte[longest + 1]));
        assertThrows(IllegalArgumentException.class, () -> batch.claim(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.add(new byte[8], 1, 8));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.add(new byte[99], -1, 50));
        batch.commit();
        assertNull(receiver.tryReceive());
    }

    @TestWhere("buffers")
    void messagesOfOneLengthAreAddedTogether() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        byte number = 0;
        for (int length : new int[] {0, 1, 7, 8, 12, 16, 32, 33, 130}) {
            for (int count = 0; count < 6; count++) {
                byte[] source = new byte[3 + count * length];
                for (int i = 0; i < source.length; i++) {
                    source[i] = (byte) (number + i);
                }
                Batch batch = sender.batch(room(2 * count + 2, length));
                byte[] before = new byte[length];
                batch.add(before);
                batch.addAll(source, 3, length, count);
                batch.addAll(MemorySegment.ofArray(source), 3, length, count);
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> batch.addAll(source, 4, 1, source.length));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> batch.addAll(source, -1, 1, source.length));
                assertThrows(
                        IllegalArgumentException.class, () -> batch.addAll(source, 0, length, -1));
                assertThrows(IllegalArgumentException.class, () -> batch.addAll(source, 0, -1, 1));
                byte[] tooMany = new byte[2 * 130];
                assertThrows(IllegalStateException.class, () -> batch.addAll(tooMany, 0, 130, 2));
                assertNull(receiver.tryReceive(), "nothing is visible");
                batch.commit();
                assertArrayEquals(before, receiver.tryReceive());
                for (int i = 0; i < 2 * count; i++) {
                    int at = 3 + i % Math.max(1, count) * length;
                    assertArrayEquals(
                            Arrays.copyOfRange(source, at, at + length), receiver.tryReceive());
                }
                assertNull(receiver.tryReceive());
                number += 7;
            }
        }
        Batch batch = sender.batch(room(3, 8));
        byte[] five = new byte[5 * 8];
        assertThrows(IllegalStateException.class, () -> batch.addAll(five, 0, 8, 5), "none");
        batch.addAll(five, 0, 8, 3);
        assertThrows(IllegalStateException.class, () -> batch.addAll(five, 0, 8, 1), "full");
        batch.commit();
        for (int i = 0; i < 3; i++) {
            assertEquals(8, receiver.receive(LONG).length);
        }
        assertNull(receiver.tryReceive());
        assertThrows(IllegalStateException.class, () -> batch.addAll(five, 0, 8, 1), "closed");
    }

    /** A lane with many receivers has 64 message slots, and a batch at most 63 of them. */
    @TestWhere("buffers")
    void allMessagesOrNoneAreAddedTogether() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int count = 70;
        Batch batch = sender.batch(room(count, 8));
        int added = count;
        try {
            batch.addAll(new byte[8 * count], 0, 8, count);
        } catch (IllegalStateException e) {
            added = 0;
        }
        batch.commit();
        int received = 0;
        for (int n = 1; n > 0; received += n) { // A growing pipe returns at the end of a ring.
            n = receiver.poll((memory, offset, length) -> {}, 2 * count);
        }
        assertEquals(added, received);
    }

    @TestWhere("buffers")
    void anAbortedBatchIsNeverSeen() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 30; i++) {
            Batch batch = sender.batch(room(6, 63));
            for (int k = 0; k < i % 6; k++) {
                batch.add(pipe.message(1000 + k));
            }
            batch.abort();
            assertThrows(IllegalStateException.class, batch::commit);
            assertThrows(IllegalStateException.class, () -> batch.add(new byte[8]));
            assertThrows(IllegalStateException.class, batch::base);
            assertNull(receiver.tryReceive());
            pipe.pass(sender, receiver, pipe.message(i));
        }
    }

    @TestWhere("buffers")
    void aSourceThatFailsLeavesTheBatchAsItWas() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 40; i++) {
            int length = i % 2 == 0 ? 24 : 200;
            MemorySegment gone;
            try (Arena arena = Arena.ofConfined()) {
                gone = arena.allocate(length);
            }
            Batch batch = sender.batch(room(4, 200));
            batch.add(pipe.message(i));
            assertThrows(IllegalStateException.class, () -> batch.add(gone, 0, length));
            batch.add(pipe.message(i + 1));
            batch.commit();
            assertEquals(i, pipe.number(receiver.tryReceive()));
            assertEquals(i + 1, pipe.number(receiver.tryReceive()));
            assertNull(receiver.tryReceive());
        }
    }

    @TestWhere("buffers")
    void whileABatchIsOpenNothingElseIsSent() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        byte[] message = pipe.message(1);
        Batch batch = sender.batch(room(2, 63));
        batch.add(message);
        for (int i = 0; i < 2; i++) {
            assertThrows(IllegalStateException.class, () -> sender.trySend(message));
            assertThrows(IllegalStateException.class, () -> sender.send(message));
            assertThrows(IllegalStateException.class, () -> sender.send(message, MOMENT));
            assertThrows(IllegalStateException.class, () -> sender.tryClaim(8));
            assertThrows(IllegalStateException.class, () -> sender.tryBatch(64));
            assertThrows(IllegalStateException.class, () -> sender.append(message));
            assertThrows(IllegalStateException.class, sender::flush);
        }
        batch.commit();
        assertArrayEquals(message, receiver.tryReceive());
        Claim claim = sender.claim(8);
        assertThrows(IllegalStateException.class, () -> sender.tryBatch(64));
        assertThrows(IllegalStateException.class, () -> sender.append(message));
        claim.abort();
        assertSame(batch, sender.tryBatch(64), "one object for each sender");
        batch.add(message);
        sender.close();
        assertThrows(IllegalStateException.class, () -> batch.add(message));
        assertThrows(IllegalStateException.class, batch::commit);
        assertThrows(IllegalStateException.class, () -> sender.tryBatch(64));
        assertThrows(IllegalStateException.class, sender::flush);
        assertNull(receiver.receive(LONG), "the end of the stream");
    }

    @TestWhere("buffers")
    void whatIsAppendedIsSeenWhenItIsFlushed() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int next = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < round % 8; i++) {
                byte[] message = pipe.message(next + i);
                if (i % 2 == 0) {
                    sender.append(message);
                } else {
                    sender.append(MemorySegment.ofArray(message), 0, message.length);
                }
                if (combination.capacity() != Combination.PipeCapacity.UNBOUNDED) {
                    assertNull(receiver.tryReceive(), "nothing is visible");
                }
                assertThrows(IllegalStateException.class, () -> sender.trySend(message));
            }
            sender.flush();
            for (int i = 0; i < round % 8; i++) {
                assertEquals(next++, pipe.number(receiver.tryReceive()));
            }
            assertNull(receiver.tryReceive());
            pipe.pass(sender, receiver, pipe.message(next));
        }
    }

    static boolean blocksWhenFull(Combination combination) {
        return combination.holds() && combination.overflow() == OverflowPolicy.BLOCK;
    }

    @TestWhere("blocksWhenFull")
    void whatIsAppendedToAFullPipeIsSent() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int appended = 0;
        for (byte[] message; ; appended++) {
            message = pipe.message(appended);
            if (!sender.tryAppend(message, 0, message.length)) {
                break;
            }
        }
        assertTrue(appended > 10, appended + " fit");
        pipe.assertStored(appended); // They are sent.
        assertNull(sender.tryBatch(room(1, pipe.message(appended).length)));
        assertNull(sender.batch(room(1, pipe.message(appended).length), MOMENT));
        byte[] last = pipe.message(appended);
        ContractPipe.BackgroundTask backgroundTask =
                pipe.start(
                        () -> {
                            sender.append(last);
                            sender.flush();
                        });
        backgroundTask.awaitWaiting();
        for (int i = 0; i <= appended; i++) {
            assertEquals(i, pipe.number(receiver.receive(LONG)));
        }
        backgroundTask.join();
    }

    @TestWhere("blocksWhenFull")
    void aBatchWaitsForRoom() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int held = pipe.fill(sender);
        int length = pipe.maxMessageLength() / 2;
        assertNull(sender.tryBatch(room(1, length)));
        ContractPipe.BackgroundTask backgroundTask =
                pipe.start(
                        () -> {
                            Batch batch = sender.batch(room(1, length));
                            batch.add(new byte[length]);
                            batch.commit();
                        });
        backgroundTask.awaitWaiting();
        for (int i = 0; i < held; i++) {
            assertEquals(i, pipe.number(receiver.receive(LONG)));
        }
        assertEquals(length, receiver.receive(LONG).length);
        backgroundTask.join();
    }

    @TestWhere("buffers")
    void aBatchWithoutReceiversIsRefused() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        pipe.pass(sender, receiver, pipe.message(0));
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.tryBatch(64));
        assertThrows(BrokenChannelException.class, () -> sender.batch(64));
        assertThrows(BrokenChannelException.class, () -> sender.append(new byte[8]));
    }

    static boolean drops(Combination combination) {
        return combination.holds() && combination.overflow() == OverflowPolicy.DROP_OLDEST;
    }

    @TestWhere("drops")
    void aBatchDropsTheOldestMessages() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int sent = 0;
        for (int round = 0; round < 1000; round++) {
            Batch batch = sender.tryBatch(room(7, 63));
            assertNotNull(batch);
            for (int i = 0; i < 7; i++) {
                batch.add(pipe.message(sent++));
            }
            batch.commit();
        }
        int received = 0;
        long last = -1;
        for (byte[] message; (message = receiver.tryReceive()) != null; received++) {
            long number = pipe.number(message);
            assertTrue(last < 0 || number == last + 1, number + " after " + last);
            last = number;
        }
        assertEquals(sent - 1, last);
        assertTrue(received < sent, "some were dropped");
        assertEquals(sent - received, pipe.statistics().lanes().get(0).dropped());
    }

    @TestWhere("buffers")
    void aBatchHandlerGetsWhatIsThere() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        boolean oneByOne = combination.order() == Order.ARRIVAL;
        int next = 0;
        int[] expected = new int[1];
        int[] calls = new int[1];
        BatchHandler handler =
                batch -> {
                    calls[0]++;
                    int size = 0;
                    for (; batch.next(); size++) {
                        byte[] message =
                                batch.memory()
                                        .asSlice(batch.offset(), batch.length())
                                        .toArray(ValueLayout.JAVA_BYTE);
                        assertEquals(expected[0]++, pipe.number(message));
                    }
                    assertEquals(size, batch.size());
                    assertFalse(batch.next());
                };
        assertEquals(0, receiver.pollBatch(handler, 10));
        assertThrows(NullPointerException.class, () -> receiver.pollBatch(null, 1));
        assertThrows(IllegalArgumentException.class, () -> receiver.pollBatch(handler, -1));
        assertThrows(IllegalArgumentException.class, () -> receiver.receiveBatch(handler, 0));
        assertEquals(0, receiver.receiveBatch(handler, 1, MOMENT));
        for (int round = 1; round < 10; round++) {
            for (int i = 0; i < round; i++) {
                assertTrue(sender.trySend(pipe.message(next++)));
            }
            calls[0] = 0;
            int limit = 1 + round / 2;
            assertEquals(limit, receiver.pollBatch(handler, limit));
            assertEquals(oneByOne ? limit : 1, calls[0]);
            while (expected[0] < next) {
                assertTrue(receiver.receiveBatch(handler, 100) > 0);
            }
            assertEquals(0, receiver.pollBatch(handler, 100));
        }
        sender.send(pipe.message(next));
        assertThrows(
                ArithmeticException.class,
                () -> receiver.pollBatch(batch -> expected[0] /= batch.size() - 1, 5));
        assertEquals(0, receiver.pollBatch(handler, 100), "it counts as received");
        sender.send(pipe.message(next));
        receiver.pollBatch(
                batch -> {
                    assertThrows(IllegalStateException.class, () -> receiver.pollBatch(handler, 1));
                    assertThrows(IllegalStateException.class, receiver::close);
                },
                1);
        sender.close();
        assertEquals(-1, receiver.receiveBatch(handler, 1));
    }

    @TestWhere("buffers")
    void aBatchWakesAReceiver() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int round = 0; round < 3; round++) {
            ContractPipe.BackgroundTask backgroundTask =
                    pipe.start(
                            () -> {
                                for (int i = 0; i < 3; i++) {
                                    assertEquals(i, pipe.number(receiver.receive(LONG)));
                                }
                            });
            backgroundTask.awaitWaiting();
            if (round % 2 == 0) {
                Batch batch = sender.batch(room(3, 63));
                for (int i = 0; i < 3; i++) {
                    batch.add(pipe.message(i));
                }
                batch.commit();
            } else {
                for (int i = 0; i < 3; i++) {
                    sender.append(pipe.message(i));
                }
                sender.flush();
            }
            backgroundTask.join();
        }
    }
}
