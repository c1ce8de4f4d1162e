package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Sender} and {@link Receiver} promise, of a mailbox and of a pipe with a codec. */
@Timeout(60)
abstract class ObjectEndsContract {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);

    Sender<Long> sender;
    Receiver<Long> receiver;

    /** Opens both ends of a channel of at least 2 and at most a few hundred messages. */
    abstract void open() throws Exception;

    @BeforeEach
    void prepare() throws Exception {
        open();
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    private long fill() {
        long count = 0;
        while (sender.trySend(count)) {
            count++;
        }
        return count;
    }

    @Test
    void messagesArriveInOrder() throws Exception {
        assertTrue(sender.trySend(1L));
        sender.send(2L);
        assertTrue(sender.send(3L, LONG));
        assertEquals(1, receiver.tryReceive());
        assertEquals(2, receiver.receive());
        assertEquals(3, receiver.receive(LONG));
        assertNull(receiver.tryReceive());
    }

    @Test
    void whatIsFullRefusesAndTimesOut() throws Exception {
        long count = fill();
        assertFalse(sender.trySend(count));
        assertFalse(sender.send(count, SHORT));
        assertFalse(sender.send(count, Duration.ZERO));
        assertEquals(0, receiver.receive());
        for (long i = 1; i < count; i++) {
            assertEquals(i, receiver.receive());
        }
        assertTrue(sender.send(count, SHORT));
        assertEquals(count, receiver.receive());
    }

    @Test
    void emptyIsNotTheEnd() throws Exception {
        assertNull(receiver.tryReceive());
        assertFalse(receiver.ended());
        assertNull(receiver.receive(SHORT));
        assertNull(receiver.receive(Duration.ZERO));
        assertFalse(receiver.ended());
    }

    @Test
    void afterTheSenderClosedWhatWasSentIsDrainedAndThenItHasEnded() throws Exception {
        sender.send(1L);
        sender.close();
        sender.close();
        assertFalse(receiver.ended());
        assertEquals(1, receiver.receive());
        assertNull(receiver.receive());
        assertTrue(receiver.ended());
        assertNull(receiver.receive(Duration.ofDays(400_000)));
        assertNull(receiver.tryReceive());
        assertTrue(receiver.ended());
    }

    @Test
    void afterTheReceiverClosedSendingIsBroken() {
        receiver.close();
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(1L));
        assertThrows(BrokenChannelException.class, () -> sender.send(1L));
        assertThrows(BrokenChannelException.class, () -> sender.send(1L, SHORT));
    }

    @Test
    void afterItsOwnCloseEveryMethodIsRefused() {
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(1L));
        assertThrows(IllegalStateException.class, () -> sender.send(1L));
        assertThrows(IllegalStateException.class, () -> sender.send(1L, SHORT));
        receiver.close();
        assertThrows(IllegalStateException.class, () -> receiver.tryReceive());
        assertThrows(IllegalStateException.class, () -> receiver.receive());
        assertThrows(IllegalStateException.class, () -> receiver.receive(SHORT));
        assertThrows(IllegalStateException.class, () -> receiver.drain(m -> {}, 1));
        assertThrows(IllegalStateException.class, () -> receiver.drain(m -> {}, 0));
        assertThrows(IllegalStateException.class, () -> receiver.ended());
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> sender.trySend(null));
        assertThrows(NullPointerException.class, () -> sender.send(null));
        assertThrows(NullPointerException.class, () -> sender.send(null, SHORT));
        assertThrows(NullPointerException.class, () -> sender.send(1L, null));
        assertThrows(NullPointerException.class, () -> receiver.receive(null));
        assertThrows(NullPointerException.class, () -> receiver.drain(null, 1));
        assertNull(receiver.tryReceive());
    }

    @Test
    void anInterruptCountsOnlyWhenThereIsNeitherRoomNorMessage() throws Exception {
        Thread.currentThread().interrupt();
        sender.send(1L);
        assertEquals(1, receiver.receive());
        assertThrows(InterruptedException.class, () -> receiver.receive());
        long count = fill();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(count));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(count, LONG));
        assertFalse(Thread.interrupted());
        assertEquals(count, receiver.drain(m -> {}, Integer.MAX_VALUE));
    }

    @Test
    void drainHandsOutUpToItsLimit() {
        List<Long> received = new ArrayList<>();
        assertEquals(0, receiver.drain(received::add, 5));
        for (long i = 0; i < 5; i++) {
            sender.trySend(i);
        }
        assertEquals(0, receiver.drain(received::add, 0));
        assertEquals(3, receiver.drain(received::add, 3));
        assertEquals(List.of(0L, 1L, 2L), received);
        assertEquals(2, receiver.drain(received::add, 3));
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), received);
        assertThrows(IllegalArgumentException.class, () -> receiver.drain(received::add, -1));
    }

    @Test
    void aHandlerThatThrowsHasTakenItsMessageAndNoOther() {
        for (long i = 0; i < 3; i++) {
            sender.trySend(i);
        }
        assertThrows(
                ArithmeticException.class,
                () ->
                        receiver.drain(
                                m -> {
                                    if (m == 1) {
                                        throw new ArithmeticException();
                                    }
                                },
                                3));
        assertEquals(2, receiver.tryReceive());
        assertNull(receiver.tryReceive());
    }

    @Test
    void aHandlerMayUseItsReceiverAndFindsTheSpaceGivenBack() {
        long count = fill();
        List<Long> received = new ArrayList<>();
        assertEquals(
                1,
                receiver.drain(
                        m -> {
                            assertTrue(sender.trySend(count));
                            received.add(m);
                            received.add(receiver.tryReceive());
                        },
                        1));
        assertEquals(List.of(0L, 1L), received);
    }

    @Test
    void itsIteratorWaitsForEachMessageAndStopsAtTheEnd() throws Exception {
        Crew crew = new Crew(sender);
        List<Long> received = new ArrayList<>();
        crew.start(() -> receiver.forEach(received::add));
        for (long i = 0; i < 1000; i++) {
            sender.send(i);
        }
        sender.close();
        crew.join();
        assertEquals(LongStream.range(0, 1000).boxed().toList(), received);
        assertFalse(receiver.iterator().hasNext());
        assertThrows(NoSuchElementException.class, () -> receiver.iterator().next());
    }

    @Test
    void anIteratorMayBeLeftAndLosesNothing() throws Exception {
        sender.send(1L);
        sender.send(2L);
        for (long message : receiver) {
            assertEquals(1, message);
            break;
        }
        Iterator<Long> rest = receiver.iterator();
        assertEquals(2, rest.next());
        sender.close();
        assertFalse(rest.hasNext());
        assertFalse(rest.hasNext());
    }

    @Test
    void anInterruptedIteratorHasTakenNothingAndSaysSo() throws Exception {
        Iterator<Long> messages = receiver.iterator();
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, messages::hasNext);
        assertTrue(Thread.interrupted());
        sender.send(1L);
        assertEquals(1, messages.next());
    }

    @Test
    void itsStreamEndsWithIt() throws Exception {
        Crew crew = new Crew(sender);
        crew.start(
                () -> {
                    for (long i = 1; i <= 1000; i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        assertEquals(500_500, receiver.stream().mapToLong(m -> m).sum());
        crew.join();
        assertTrue(receiver.ended());
        sender.close();
    }

    @Test
    void aStreamBetweenTwoThreadsIsWholeAndInOrder() throws Exception {
        long messages = 200_000;
        Crew crew = new Crew(sender);
        crew.start(
                () -> {
                    for (long i = 0; i < messages; i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        crew.start(
                () -> {
                    long next = 0;
                    for (Long m; (m = receiver.receive()) != null; next++) {
                        assertEquals(next, m);
                    }
                    assertEquals(messages, next);
                });
        crew.join();
    }
}
