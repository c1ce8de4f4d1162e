package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that are acknowledged later, on every pipe: the combinations of the contract. */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class AcknowledgeContractTest {
    static List<Combination> combinations() {
        return Combination.all();
    }

    static boolean keeps(Combination combination) {
        return combination.acknowledgesLater();
    }

    static boolean keepsNone(Combination combination) {
        return !combination.acknowledgesLater();
    }

    static boolean canDie(Combination combination) {
        return combination.acknowledgesLater() && !combination.mapped();
    }

    static boolean isForOne(Combination combination) {
        return combination.acknowledgesLater()
                && combination.receivers() == 1
                && combination.delivery() == Delivery.AT_LEAST_ONCE;
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;

    @BeforeEach
    void prepare() throws IOException {
        pipe = new ContractPipe(combination, combination.spec().retainWithoutReceivers(true));
    }

    @AfterEach
    void close() throws Exception {
        pipe.close();
    }

    /** A message that was handed out, in place. */
    private record Kept(long tag, MemorySegment memory, long offset, int length) {
        byte[] bytes() {
            return memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static UnacknowledgedMessageHandler into(List<Kept> kept) {
        return (tag, memory, offset, length) -> kept.add(new Kept(tag, memory, offset, length));
    }

    private static List<Kept> pollAll(PipeReceiver receiver) {
        List<Kept> kept = new ArrayList<>();
        while (receiver.pollUnacknowledged(into(kept), 100) > 0) {}
        return kept;
    }

    /** Sends as many messages as the tests below keep; returns their number. */
    private int sendSome(PipeSender sender) throws InterruptedException {
        int count = combination.takesTurns() ? 1 : 6;
        for (int i = 0; i < count; i++) {
            sender.send(pipe.message(i));
        }
        return count;
    }

    /**
     * Sends some messages, which a receiver has taken and not acknowledged; returns their number.
     */
    private int sendWhatComesAgain(PipeSender sender) throws Exception {
        try (PipeReceiver first = pipe.receiver()) {
            int sent = sendSome(sender);
            assertEquals(sent, pollAll(first).size());
            return sent;
        }
    }

    @TestWhere("keeps")
    void aMessageIsKeptInPlaceUntilItIsAcknowledgedInAnyOrder() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int round = 0; round < 2; round++) {
            int sent = pipe.fill(sender);
            List<Kept> kept = pollAll(receiver);
            assertEquals(sent, kept.size());
            assertEquals(sent, receiver.unacknowledged());
            assertFalse(sender.trySend(pipe.message(sent)), "there is room");
            Kept oldest = kept.get(0);
            Collections.shuffle(kept, new java.util.Random(round));
            kept.remove(oldest);
            List<Kept> half = kept.subList(0, kept.size() / 2);
            ContractPipe.BackgroundTask other = pipe.start(() -> acknowledge(receiver, half));
            acknowledge(receiver, kept.subList(half.size(), kept.size()));
            other.join();
            if (combination.capacity() != Combination.PipeCapacity.UNBOUNDED) {
                assertFalse(
                        sender.trySend(pipe.message(sent)), "before the oldest is acknowledged");
            }
            assertEquals(0, pipe.number(oldest.bytes()));
            receiver.acknowledge(oldest.tag());
            assertEquals(0, receiver.unacknowledged());
        }
        pipe.pass(sender, receiver, pipe.message(1));
        assertEquals(0, receiver.pollUnacknowledged(into(new ArrayList<>()), 10));
        assertFalse(receiver.isEndOfStream());
    }

    private void acknowledge(PipeReceiver receiver, List<Kept> kept) {
        for (Kept message : kept) {
            assertTrue(pipe.number(message.bytes()) > 0);
            receiver.acknowledge(message.tag());
        }
    }

    @TestWhere("keeps")
    void aTagAcknowledgesOneMessageOfOneReceiverOnce() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        sendSome(sender);
        List<Kept> kept = pollAll(receiver);
        long tag = kept.get(0).tag();
        assertTrue(tag > 0);
        receiver.acknowledge(tag);
        IllegalStateException again =
                assertThrows(IllegalStateException.class, () -> receiver.acknowledge(tag));
        assertTrue(again.getMessage().contains("acknowledged before"), again::getMessage);
        kept.subList(1, kept.size()).forEach(message -> receiver.acknowledge(message.tag()));
        for (int i = 0; i < 3; i++) { // The entry of the tag is used again.
            sender.send(pipe.message(i));
            Kept next = pollAll(receiver).get(0);
            assertTrue(next.tag() != tag);
            assertThrows(IllegalStateException.class, () -> receiver.acknowledge(tag));
            assertEquals(i, pipe.number(next.bytes()));
            receiver.acknowledge(next.tag());
        }
        for (long foreign : new long[] {0, -1, 1, tag ^ 1L << 55, tag + (1 << 20)}) {
            assertThrows(IllegalArgumentException.class, () -> receiver.acknowledge(foreign));
        }
        try (Pipe other = Pipe.anonymous(combination.spec());
                PipeReceiver elsewhere = other.receiver()) {
            assertThrows(IllegalArgumentException.class, () -> elsewhere.acknowledge(tag));
        }
        sender.send(pipe.message(0));
        Kept last = pollAll(receiver).get(0);
        receiver.close();
        IllegalStateException late =
                assertThrows(IllegalStateException.class, () -> receiver.acknowledge(last.tag()));
        assertTrue(late.getMessage().contains("closed"), late::getMessage);
        assertEquals(0, receiver.unacknowledged());
    }

    /** Receives what is there; returns the delivery attempt of each message. */
    private Map<Long, Integer> attempts(PipeReceiver receiver) {
        Map<Long, Integer> attempts = new TreeMap<>();
        MessageHandler handler =
                (memory, offset, length) ->
                        attempts.put(
                                pipe.number(
                                        memory.asSlice(offset, length)
                                                .toArray(ValueLayout.JAVA_BYTE)),
                                receiver.deliveryAttempt());
        while (receiver.poll(handler, 100) > 0) {}
        return attempts;
    }

    /**
     * What comes again if of that many messages the first and the third are acknowledged: with one
     * receiver also what was acknowledged after the first that was not.
     */
    private Map<Long, Integer> expectedAfter(int sent) {
        Map<Long, Integer> expected = new TreeMap<>();
        if (combination.delivery() == Delivery.AT_LEAST_ONCE) {
            for (long i = 1; i < sent; i++) {
                if (i != 2 || combination.receivers() == 1) {
                    expected.put(i, 1);
                }
            }
        }
        return expected;
    }

    private int keepSome(PipeSender sender, PipeReceiver receiver) throws InterruptedException {
        int sent = sendSome(sender);
        List<Kept> kept = pollAll(receiver);
        assertEquals(sent, kept.size());
        receiver.acknowledge(kept.get(0).tag());
        if (sent > 2) {
            receiver.acknowledge(kept.get(2).tag());
        }
        return sent;
    }

    @TestWhere("keeps")
    void whatIsNotAcknowledgedComesAgainAfterAClose() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver first = pipe.receiver();
        PipeReceiver second = combination.receivers() > 1 ? pipe.receiver() : null;
        int sent = keepSome(sender, first);
        if (second != null) {
            assertEquals(Map.of(), attempts(second), "it is another receiver's");
        }
        first.close();
        PipeReceiver next = second != null ? second : pipe.receiver();
        assertEquals(expectedAfter(sent), attempts(next));
        sender.send(pipe.message(7));
        assertEquals(Map.of(7L, 0), attempts(next));
        sender.close();
        assertEquals(-1, next.receive((memory, offset, length) -> {}, 1));
        assertEquals(0, pipe.statistics().messages());
    }

    /** A receiver that waits is woken for them. */
    @TestWhere("keeps")
    void aCloseWakesAReceiver() throws Exception {
        if (combination.receivers() == 1 || combination.delivery() == Delivery.AT_MOST_ONCE) {
            return;
        }
        PipeSender sender = pipe.sender();
        PipeReceiver first = pipe.receiver();
        sender.send(pipe.message(3));
        assertEquals(1, pollAll(first).size());
        PipeReceiver second = pipe.receiver();
        ContractPipe.BackgroundTask waiting =
                pipe.start(() -> assertEquals(3, pipe.number(second.receive())));
        waiting.awaitWaiting();
        first.close();
        waiting.join();
    }

    @TestWhere("canDie")
    void whatIsNotAcknowledgedComesAgainAfterADeath() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver first = pipe.receiver();
        int sent = keepSome(sender, first);
        pipe.kill(combination.senders(), first);
        PipeReceiver next = pipe.receiver();
        assertEquals(expectedAfter(sent), attempts(next));
    }

    /** In a pipe for one receiver, so that each death counts for one message. */
    @TestWhere("isForOne")
    void aReceiverIsNotReadableWhileWhatComesAgainWaitsForAnAcknowledgement() throws Exception {
        PipeSender sender = pipe.sender();
        int sent = sendWhatComesAgain(sender);
        PipeReceiver second = pipe.receiver();
        BlockingQueue<Integer> runs = new LinkedBlockingQueue<>();
        for (int i = 0; i < sent; i++) {
            int run = i;
            second.onReadable(Runnable::run, () -> runs.add(run));
            assertEquals(run, runs.poll(30, TimeUnit.SECONDS));
            List<Kept> alone = new ArrayList<>();
            assertEquals(1, second.pollUnacknowledged(into(alone), 10));
            if (run + 1 < sent) {
                assertFalse(second.isReady());
            }
            second.acknowledge(alone.get(0).tag());
        }
        assertFalse(second.isReady());
        assertEquals(0, second.unacknowledged());
    }

    @TestWhere("isForOne")
    void anAcknowledgementMakesAReceiverReadable() throws Exception {
        PipeSender sender = pipe.sender();
        int sent = sendWhatComesAgain(sender);
        PipeReceiver second = pipe.receiver();
        List<Kept> alone = new ArrayList<>();
        assertEquals(1, second.pollUnacknowledged(into(alone), 10));
        CountDownLatch readable = new CountDownLatch(1);
        second.onReadable(Runnable::run, readable::countDown);
        second.acknowledge(alone.get(0).tag());
        if (sent == 1) {
            sender.send(pipe.message(1));
        }
        assertTrue(readable.await(30, TimeUnit.SECONDS), "no task after an acknowledgement");
        assertEquals(1, second.pollUnacknowledged(into(alone), 1));
    }

    @TestWhere("isForOne")
    void whatComesAgainIsHandedOutOneByOne() throws Exception {
        PipeSender sender = pipe.sender();
        int sent = sendWhatComesAgain(sender);
        PipeReceiver second = pipe.receiver();
        List<Kept> alone = new ArrayList<>();
        assertEquals(1, second.pollUnacknowledged(into(alone), 10));
        assertEquals(0, second.pollUnacknowledged(into(alone), 10));
        assertFalse(second.isEndOfStream());
        second.close();
        PipeReceiver third = pipe.receiver();
        List<Integer> attempts = new ArrayList<>();
        List<Kept> rest = new CopyOnWriteArrayList<>();
        ContractPipe.BackgroundTask waiting =
                pipe.start(
                        () -> {
                            while (rest.size() < sent) {
                                third.receiveUnacknowledged(
                                        (tag, memory, offset, length) -> {
                                            attempts.add(third.deliveryAttempt());
                                            rest.add(new Kept(tag, memory, offset, length));
                                        },
                                        10,
                                        ContractPipe.LONG);
                            }
                        });
        TestThreads threads = new TestThreads(combination);
        for (int i = 0; i < sent; i++) {
            int next = i + 1;
            threads.spinUntil(() -> rest.size() == next || !waiting.thread().isAlive());
            if (next < sent) { // The last one ends the task.
                waiting.awaitWaiting();
            }
            assertEquals(next, rest.size());
            third.acknowledge(rest.get(i).tag());
        }
        waiting.join();
        for (int i = 0; i < sent; i++) {
            assertEquals(i == 0 ? 2 : 1, attempts.get(i));
            assertEquals(i, pipe.number(rest.get(i).bytes()));
        }
        sender.close();
        assertNull(third.receive());
    }

    @TestWhere("keeps")
    void anAcknowledgementWakesTheSender() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int sent = pipe.fill(sender);
        List<Kept> kept = pollAll(receiver);
        ContractPipe.BackgroundTask waiting = pipe.start(() -> sender.send(pipe.message(sent)));
        waiting.awaitWaiting();
        for (Kept message : kept) {
            receiver.acknowledge(message.tag());
        }
        waiting.join();
        Kept next = pollAll(receiver).get(0);
        assertEquals(sent, pipe.number(next.bytes()));
        receiver.acknowledge(next.tag());
    }

    @TestWhere("keeps")
    void theEndOfTheStreamDoesNotWaitForAcknowledgements() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int sent = sendSome(sender);
        sender.close();
        List<Kept> kept = new ArrayList<>();
        while (receiver.receiveUnacknowledged(into(kept), 100) > 0) {}
        assertTrue(receiver.isEndOfStream());
        assertEquals(sent, receiver.unacknowledged());
        for (int i = 0; i < sent; i++) {
            assertEquals(i, pipe.number(kept.get(i).bytes()));
            receiver.acknowledge(kept.get(i).tag());
        }
        assertNull(receiver.receive());
        assertEquals(0, pipe.statistics().messages());
    }

    @TestWhere("keeps")
    void aMessageWhoseHandlerThrowsStaysUnacknowledged() throws Exception {
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        sender.send(pipe.message(4));
        List<Kept> kept = new ArrayList<>();
        assertThrows(
                ArithmeticException.class,
                () ->
                        receiver.receiveUnacknowledged(
                                (tag, memory, offset, length) -> {
                                    kept.add(new Kept(tag, memory, offset, length));
                                    throw new ArithmeticException();
                                },
                                1));
        assertEquals(1, receiver.unacknowledged());
        assertEquals(4, pipe.number(kept.get(0).bytes()));
        receiver.acknowledge(kept.get(0).tag());
        assertNull(receiver.tryReceive());
        pipe.pass(sender, receiver, pipe.message(5));
    }

    /** Receiving otherwise is possible with several receivers; with one when nothing is kept. */
    @TestWhere("keeps")
    void otherCallsAcknowledgeByThemselves() throws Exception {
        if (combination.takesTurns()) {
            return;
        }
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        sender.send(pipe.message(0));
        sender.send(pipe.message(1));
        List<Kept> kept = new ArrayList<>();
        assertEquals(1, receiver.pollUnacknowledged(into(kept), 1));
        if (combination.receivers() == 1) {
            String refused =
                    assertThrows(IllegalStateException.class, receiver::tryReceive).getMessage();
            assertTrue(refused.startsWith("1 messages of this receiver are not"), refused);
            assertThrows(IllegalStateException.class, receiver::receive);
            assertThrows(IllegalStateException.class, () -> receiver.pollBatch(batch -> {}, 1));
            assertEquals(0, pipe.number(kept.get(0).bytes()));
            receiver.acknowledge(kept.get(0).tag());
            assertEquals(1, pipe.number(receiver.tryReceive()));
        } else {
            assertEquals(1, pipe.number(receiver.tryReceive()));
            assertEquals(0, pipe.number(kept.get(0).bytes()));
            receiver.acknowledge(kept.get(0).tag());
        }
        sender.send(pipe.message(2));
        assertThrows(
                IllegalStateException.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) ->
                                        receiver.pollUnacknowledged(into(kept), 1),
                                1));
        assertEquals(1, kept.size());
        assertNull(receiver.tryReceive());
        assertEquals(0, pipe.statistics().messages());
    }

    @TestWhere("keepsNone")
    void pipesThatCannotKeepMessagesSaySo() throws Exception {
        PipeReceiver receiver = pipe.receiver();
        UnacknowledgedMessageHandler handler = into(new ArrayList<>());
        for (String message :
                List.of(
                        assertThrows(
                                        UnsupportedOperationException.class,
                                        () -> receiver.pollUnacknowledged(handler, 1))
                                .getMessage(),
                        assertThrows(
                                        UnsupportedOperationException.class,
                                        () -> receiver.receiveUnacknowledged(handler, 1))
                                .getMessage(),
                        assertThrows(
                                        UnsupportedOperationException.class,
                                        () -> receiver.acknowledge(1))
                                .getMessage())) {
            assertTrue(message.contains("cannot be acknowledged later: "), message);
        }
        assertEquals(0, receiver.unacknowledged());
        pipe.pass(pipe.sender(), receiver, pipe.message(1));
    }

    @TestWhere("keeps")
    void argumentsAreChecked() throws Exception {
        PipeReceiver receiver = pipe.receiver();
        UnacknowledgedMessageHandler handler = into(new ArrayList<>());
        assertThrows(NullPointerException.class, () -> receiver.pollUnacknowledged(null, 1));
        assertThrows(NullPointerException.class, () -> receiver.receiveUnacknowledged(null, 1));
        assertThrows(
                IllegalArgumentException.class, () -> receiver.pollUnacknowledged(handler, -1));
        assertThrows(
                IllegalArgumentException.class, () -> receiver.receiveUnacknowledged(handler, 0));
        assertEquals(0, receiver.receiveUnacknowledged(handler, 1, java.time.Duration.ofNanos(-1)));
        receiver.close();
        assertThrows(IllegalStateException.class, () -> receiver.pollUnacknowledged(handler, 1));
    }
}
