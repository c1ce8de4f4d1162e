package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of {@link Sender} and {@link Receiver}: for the ends of a mailbox, and for those of
 * a pipe with a codec, in mapped memory and on the heap; for each capacity and topology, spinning
 * or parking. The contract of pipes alone or of mailboxes alone is tested in {@link
 * ChannelContractTest} and {@link MailboxContractTest}.
 */
@Timeout(60)
@ParameterizedClass
@MethodSource("channels")
class ObjectEndsContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final Set<Channel> RUN = ConcurrentHashMap.newKeySet();

    enum ChannelBacking {
        MAILBOX,
        MAPPED_PIPE,
        HEAP_PIPE
    }

    enum ChannelCapacity {
        ZERO(MailboxSpec.rendezvous().receivers(Ends.MANY), PipeSpec.rendezvous(64).senders(1)),
        FEW(MailboxSpec.bounded(8).receivers(Ends.MANY), PipeSpec.bounded(4096).senders(1)),
        SOME(MailboxSpec.bounded(64).receivers(Ends.MANY), PipeSpec.bounded(1 << 16).senders(1)),
        UNBOUNDED(
                MailboxSpec.unbounded().receivers(Ends.MANY),
                PipeSpec.unbounded(1 << 17, 4096).senders(1));

        private final MailboxSpec mailbox;
        private final PipeSpec pipe;

        ChannelCapacity(MailboxSpec mailbox, PipeSpec pipe) {
            this.mailbox = mailbox;
            this.pipe = pipe;
        }
    }

    record Channel(ChannelBacking kind, ChannelCapacity capacity, Setup setup) {
        /** Tests whether a message can be sent while no receiver waits for it. */
        boolean holds() {
            return capacity != ChannelCapacity.ZERO;
        }

        private boolean isOfPairs() {
            int place = kind.ordinal() + capacity.ordinal();
            boolean one = (kind.ordinal() + capacity.ordinal() / 2) % 2 == 0;
            boolean alike = setup.senders() == setup.receivers();
            return (setup.senders() == Ends.ONE) == one
                    && setup.parks() == alike == (place % 2 == 0);
        }

        /** Tests whether it can be full: the quota of an unbounded pipe can be used up, too. */
        boolean fills() {
            return kind != ChannelBacking.MAILBOX || capacity != ChannelCapacity.UNBOUNDED;
        }
    }

    /** Returns all in a proof, else a quarter of them: each two choices meet. */
    static List<Channel> channels() {
        List<Channel> channels = new ArrayList<>();
        for (ChannelBacking channelBacking : ChannelBacking.values()) {
            for (ChannelCapacity channelCapacity : ChannelCapacity.values()) {
                Setup.all()
                        .forEach(
                                setup ->
                                        channels.add(
                                                new Channel(
                                                        channelBacking, channelCapacity, setup)));
            }
        }
        if (!Proof.isProofBuild()) {
            channels.removeIf(channel -> !channel.isOfPairs());
        }
        return channels;
    }

    private static boolean fills(Channel channel) {
        return channel.fills();
    }

    private static boolean holds(Channel channel) {
        return channel.holds();
    }

    private static boolean isBounded(Channel channel) {
        return channel.holds() && channel.capacity() != ChannelCapacity.UNBOUNDED;
    }

    @AfterAll
    static void sayHowMany() {
        System.out.println("the contract of object ends ran for " + RUN.size() + " combinations");
        assertEquals(channels().size(), RUN.size());
    }

    @Parameter private Channel channel;

    private Sender<Long> sender;
    private Receiver<Long> receiver;
    private TestThreads testThreads;

    @BeforeEach
    void open() throws IOException {
        RUN.add(channel);
        Setup setup = channel.setup();
        if (channel.kind() == ChannelBacking.MAILBOX) {
            Mailbox<Long> mailbox = Mailbox.create(setup.spec(channel.capacity().mailbox));
            sender = setup.sender(mailbox);
            receiver = setup.receiver(mailbox);
            testThreads = new TestThreads(mailbox);
        } else {
            PipeSpec spec =
                    channel.capacity().pipe.senders(setup.senders()).receivers(setup.receivers());
            Pipe pipe =
                    channel.kind() == ChannelBacking.MAPPED_PIPE
                            ? Pipe.anonymous(spec)
                            : new Pipe(new PipeHandle(new HeapStorage(spec.parameters().layout())));
            sender = Codec.longs().sender(setup.sender(pipe));
            receiver = Codec.longs().receiver(setup.receiver(pipe));
            testThreads = new TestThreads(channel); // Not the pipe: a thread of the test uses it.
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        testThreads.join(); // One thread at a time.
        sender.close();
        receiver.close();
    }

    /** Fewer where each one is handed over: each costs a wake-up of either thread. */
    private long messages() {
        return channel.holds() ? 1_000 : Proof.size(100, 1_000);
    }

    /** Sends messages directly if the channel has a buffer, else on a thread that waits. */
    private void put(long... messages) throws InterruptedException {
        if (channel.holds()) {
            for (long message : messages) {
                assertTrue(sender.trySend(message));
            }
        } else {
            testThreads.start(
                    () -> {
                        for (long message : messages) {
                            sender.send(message);
                        }
                    });
        }
    }

    private long fill() {
        assertTrue(channel.fills());
        long count = 0;
        while (sender.trySend(count)) {
            count++;
        }
        return count;
    }

    @Test
    void messagesArriveInOrder() throws Exception {
        testThreads.start(
                () -> {
                    sender.send(1L);
                    assertTrue(sender.send(2L, LONG));
                    while (!sender.trySend(3L)) { // If no buffer: while it waits.
                        Thread.onSpinWait();
                    }
                });
        assertEquals(1, receiver.receive());
        assertEquals(2, receiver.receive(LONG));
        assertEquals(3, receiver.receive(LONG));
        assertNull(receiver.tryReceive());
    }

    @TestWhere("fills")
    void whatIsFullRefusesAndTimesOut() throws Exception {
        long count = fill();
        assertEquals(channel.holds(), count > 0);
        assertFalse(sender.trySend(count));
        assertFalse(sender.send(count, Duration.ZERO));
        assertFalse(sender.send(count, SHORT));
        for (long i = 0; i < count; i++) {
            assertEquals(i, receiver.receive());
        }
        testThreads.start(() -> assertTrue(sender.send(count, LONG)));
        assertEquals(count, receiver.receive());
        assertNull(receiver.tryReceive());
    }

    @Test
    void emptyIsNotTheEnd() throws Exception {
        assertNull(receiver.tryReceive());
        assertFalse(receiver.isEndOfStream());
        assertNull(receiver.receive(SHORT));
        assertNull(receiver.receive(Duration.ZERO));
        assertFalse(receiver.isEndOfStream());
    }

    @Test
    void afterTheSenderClosedWhatWasSentIsDrainedAndThenItHasEnded() throws Exception {
        put(1);
        if (channel.holds()) {
            sender.close();
            sender.close();
            assertFalse(receiver.isEndOfStream());
        }
        assertEquals(1, receiver.receive());
        testThreads.join();
        sender.close();
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
        assertNull(receiver.receive(Duration.ofDays(400_000)));
        assertNull(receiver.tryReceive());
        assertTrue(receiver.isEndOfStream());
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
        assertThrows(IllegalStateException.class, () -> receiver.poll(m -> {}, 1));
        assertThrows(IllegalStateException.class, () -> receiver.poll(m -> {}, 0));
        assertThrows(IllegalStateException.class, () -> receiver.isEndOfStream());
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> sender.trySend(null));
        assertThrows(NullPointerException.class, () -> sender.send(null));
        assertThrows(NullPointerException.class, () -> sender.send(null, SHORT));
        assertThrows(NullPointerException.class, () -> sender.send(1L, null));
        assertThrows(NullPointerException.class, () -> receiver.receive(null));
        assertThrows(NullPointerException.class, () -> receiver.poll(null, 1));
        assertNull(receiver.tryReceive());
    }

    @Test
    void anInterruptCountsOnlyWhenThereIsNeitherRoomNorMessage() throws Exception {
        if (channel.holds()) {
            Thread.currentThread().interrupt();
            sender.send(1L);
            assertEquals(1, receiver.receive());
            assertThrows(InterruptedException.class, () -> receiver.receive());
        }
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> receiver.receive());
    }

    @TestWhere("fills")
    void anInterruptCountsWhereThereIsNoRoom() throws Exception {
        long count = fill();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(count));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(count, LONG));
        assertFalse(Thread.interrupted());
        assertEquals(count, receiver.poll(m -> {}, Integer.MAX_VALUE));
    }

    @TestWhere("holds")
    void pollHandsOutUpToItsLimit() {
        List<Long> received = new ArrayList<>();
        assertEquals(0, receiver.poll(received::add, 5));
        for (long i = 0; i < 5; i++) {
            sender.trySend(i);
        }
        assertEquals(0, receiver.poll(received::add, 0));
        assertEquals(3, receiver.poll(received::add, 3));
        assertEquals(List.of(0L, 1L, 2L), received);
        assertEquals(2, receiver.poll(received::add, 3));
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), received);
        assertThrows(IllegalArgumentException.class, () -> receiver.poll(received::add, -1));
    }

    @TestWhere("holds")
    void fillSendsARangeOfAnArrayInOrder() {
        Long[] messages = {9L, 0L, 1L, 2L, 9L};
        assertEquals(0, sender.fill(messages, 1, 0));
        assertEquals(3, sender.fill(messages, 1, 3));
        assertEquals(1, sender.fill(new Long[] {3L}, 0, 1));
        List<Long> received = new ArrayList<>();
        assertEquals(4, receiver.poll(received::add, 9));
        assertEquals(List.of(0L, 1L, 2L, 3L), received);
    }

    @TestWhere("fills")
    void fillSendsAsManyAsThereIsRoomFor() {
        Long[] messages = new Long[7];
        List<Long> sent = new ArrayList<>();
        for (int count = messages.length; count == messages.length; ) {
            long first = sent.size();
            Arrays.setAll(messages, i -> first + i);
            count = sender.fill(messages, 0, messages.length);
            sent.addAll(List.of(messages).subList(0, count));
        }
        assertFalse(sender.trySend(0L));
        assertEquals(0, sender.fill(messages, 0, messages.length));
        List<Long> received = new ArrayList<>();
        receiver.poll(received::add, Integer.MAX_VALUE);
        assertEquals(sent, received);
    }

    @Test
    void whatFillRefusesIsNotSent() {
        Long[] messages = {0L, null, 2L};
        assertThrows(NullPointerException.class, () -> sender.fill(null, 0, 0));
        assertThrows(NullPointerException.class, () -> sender.fill(messages, 0, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.fill(messages, 2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.fill(messages, -1, 1));
        assertNull(receiver.tryReceive());
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.fill(messages, 0, 1));
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.fill(messages, 0, 1));
    }

    @TestWhere("holds")
    void aHandlerThatThrowsHasTakenItsMessageAndNoOther() {
        for (long i = 0; i < 3; i++) {
            sender.trySend(i);
        }
        assertThrows(
                ArithmeticException.class,
                () ->
                        receiver.poll(
                                m -> {
                                    if (m == 1) {
                                        throw new ArithmeticException();
                                    }
                                },
                                3));
        assertEquals(2, receiver.tryReceive());
        assertNull(receiver.tryReceive());
    }

    @TestWhere("isBounded")
    void aHandlerFindsTheSpaceGivenBack() {
        long count = fill();
        List<Long> received = new ArrayList<>();
        assertEquals(
                1,
                receiver.poll(
                        m -> {
                            assertTrue(sender.trySend(count));
                            received.add(m);
                        },
                        1));
        assertEquals(List.of(0L), received);
    }

    @Test
    void itsIteratorWaitsForEachMessageAndStopsAtTheEnd() throws Exception {
        List<Long> received = new ArrayList<>();
        testThreads.start(() -> receiver.forEach(received::add));
        for (long i = 0; i < messages(); i++) {
            sender.send(i);
        }
        sender.close();
        testThreads.join();
        assertEquals(LongStream.range(0, messages()).boxed().toList(), received);
        assertFalse(receiver.iterator().hasNext());
        assertThrows(NoSuchElementException.class, () -> receiver.iterator().next());
    }

    @Test
    void anIteratorMayBeLeftAndLosesNothing() throws Exception {
        put(1, 2);
        for (long message : receiver) {
            assertEquals(1, message);
            break;
        }
        Iterator<Long> rest = receiver.iterator();
        assertEquals(2, rest.next());
        testThreads.join();
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
        put(1);
        assertEquals(1, messages.next());
    }

    @Test
    void itsStreamEndsWithIt() throws Exception {
        testThreads.start(
                () -> {
                    for (long i = 1; i <= messages(); i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        assertEquals(messages() * (messages() + 1) / 2, receiver.stream().mapToLong(m -> m).sum());
        testThreads.join();
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void aStreamBetweenTwoThreadsIsWholeAndInOrder() throws Exception {
        long messages = channel.holds() ? Proof.size(2_000, 20_000) : Proof.size(200, 1_000);
        testThreads.start(
                () -> {
                    for (long i = 0; i < messages; i++) {
                        sender.send(i);
                    }
                    sender.close();
                });
        testThreads.start(
                () -> {
                    long next = 0;
                    for (Long m; (m = receiver.receive()) != null; next++) {
                        assertEquals(next, m);
                    }
                    assertEquals(messages, next);
                });
        testThreads.join();
    }
}
