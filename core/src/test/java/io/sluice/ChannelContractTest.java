package io.sluice;

import static io.sluice.ContractPipe.LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ControlledMessageHandler.Action;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of every pipe, call by call: each capacity, one or many ends on each side, spinning
 * or sleeping, in mapped memory or on the heap. {@link ChannelContractFlowTest} tests concurrency.
 */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class ChannelContractTest {
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final Set<Combination> RUN = new HashSet<>();
    private static final AtomicInteger CHECKS = new AtomicInteger();

    static List<Combination> combinations() {
        return Combination.all();
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;

    @BeforeEach
    void count() {
        RUN.add(combination);
        CHECKS.incrementAndGet();
    }

    @AfterEach
    void close() throws Exception {
        pipe.close();
    }

    @AfterAll
    static void report() {
        System.out.printf("contract: %d combinations, %d checks%n", RUN.size(), CHECKS.get());
        Proof.CONTRACT_PIPES.add(RUN.size(), "checks " + CHECKS);
        assertEquals(combinations().size(), RUN.size());
    }

    private void make(PipeSpec spec) throws IOException {
        pipe = new ContractPipe(combination, spec);
    }

    private void make() throws IOException {
        make(combination.spec());
    }

    @Test
    void takesWhatItHoldsAndNoMore() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int round = 0; round < 3; round++) {
            int held = pipe.fill(sender);
            pipe.assertStored(held);
            switch (combination.capacity()) {
                case ZERO -> assertEquals(0, held);
                case ONE -> assertEquals(1, held);
                default -> assertTrue(held > 10, held + " fit");
            }
            if (combination.holds()) {
                assertNull(sender.tryClaim(pipe.message(held).length));
                assertNull(sender.claim(pipe.message(held).length, MOMENT));
            }
            for (int i = 0; i < held; i++) {
                assertEquals(i, pipe.number(receiver.tryReceive()));
            }
            assertNull(receiver.tryReceive());
            assertFalse(receiver.isEndOfStream());
            assertEquals(0, pipe.statistics().messages());
        }
    }

    @Test
    void theShortestAndTheLongestMessagePass() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        byte[] longest = new byte[pipe.maxMessageLength()];
        longest[longest.length - 1] = 1;
        for (int i = 0; i < 5; i++) {
            pipe.pass(sender, receiver, new byte[0]);
            pipe.pass(sender, receiver, longest);
        }
        byte[] tooLong = new byte[longest.length + 1];
        assertThrows(IllegalArgumentException.class, () -> sender.trySend(tooLong));
        assertThrows(IllegalArgumentException.class, () -> sender.tryClaim(tooLong.length));
        assertNull(receiver.tryReceive());
    }

    @Test
    void aClaimIsSentWhenItIsCommittedAndNotWhenItIsAborted() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 10; i++) {
            byte[] message = pipe.message(i);
            sender.claim(message.length).putLong(0, -1).abort();
            assertNull(receiver.tryReceive());
            Claim claim = sender.claim(message.length).putBytes(0, message, 0, message.length);
            assertThrows(IllegalStateException.class, () -> sender.trySend(message));
            assertNull(receiver.tryReceive());
            ContractPipe.BackgroundTask backgroundTask = pipe.start(claim::commit);
            assertEquals(i, pipe.number(receiver.receive(LONG)));
            backgroundTask.join();
            assertThrows(IllegalStateException.class, claim::commit);
        }
    }

    @Test
    void aClaimMayBeCommittedShorter() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 20; i++) {
            byte[] message = pipe.message(i);
            int unused = Math.min(7 * i, pipe.maxMessageLength() - message.length);
            Claim claim = sender.claim(message.length + unused);
            claim.memory().fill((byte) -1);
            claim.putBytes(0, message, 0, message.length);
            assertThrows(IllegalArgumentException.class, () -> claim.commit(-1));
            int tooLong = message.length + unused + 1;
            assertThrows(IllegalArgumentException.class, () -> claim.tryCommit(tooLong));
            int way = i % 3;
            ContractPipe.BackgroundTask backgroundTask =
                    pipe.start(
                            () -> {
                                switch (way) {
                                    case 0 -> claim.commit(message.length);
                                    case 1 -> assertTrue(claim.commit(message.length, LONG));
                                    default -> {
                                        if (combination.holds()) {
                                            assertTrue(claim.tryCommit(message.length));
                                        } else {
                                            claim.commit(message.length);
                                        }
                                    }
                                }
                            });
            assertArrayEquals(message, receiver.receive(LONG));
            backgroundTask.join();
            pipe.pass(sender, receiver, message);
            assertThrows(IllegalStateException.class, () -> claim.commit(0));
        }
        assertNull(receiver.tryReceive());
    }

    @Test
    void theRoomOfAShorterMessageIsAsLarge() throws Exception {
        make();
        if (!combination.holds()) {
            return;
        }
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        byte[] message = pipe.message(0);
        int longest = pipe.maxMessageLength();
        int plain = pipe.fill(sender);
        for (int i = 0; i < plain; i++) {
            receiver.tryReceive();
        }
        int held = 0;
        for (Claim claim; held < 5 && (claim = sender.tryClaim(longest)) != null; held++) {
            claim.memory().fill((byte) -1);
            claim.putBytes(0, message, 0, message.length).commit(message.length);
            assertArrayEquals(message, receiver.tryReceive(), pipe::state);
        }
        assertTrue(held == 5, pipe::state);
        if (combination.capacity() != Combination.PipeCapacity.UNBOUNDED) {
            assertEquals(plain, pipe.fill(sender));
        }
    }

    @Test
    void thePartsOfAMessageAreGathered() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        byte[] message = pipe.message(3);
        MemorySegment all = MemorySegment.ofArray(message);
        MemorySegment[][] splits = {
            {all},
            {all.asSlice(0, 1), all.asSlice(1, 0), all.asSlice(1)},
            {
                all.asSlice(0, 8),
                Arena.ofAuto().allocate(message.length - 8).copyFrom(all.asSlice(8))
            }
        };
        for (MemorySegment[] parts : splits) {
            ContractPipe.BackgroundTask backgroundTask = pipe.start(() -> sender.send(parts));
            assertArrayEquals(message, receiver.receive(LONG));
            backgroundTask.join();
            assertEquals(combination.holds(), sender.trySend(parts));
            assertEquals(combination.holds(), receiver.tryReceive() != null);
        }
        MemorySegment tooLong = MemorySegment.ofArray(new byte[pipe.maxMessageLength()]);
        assertThrows(IllegalArgumentException.class, () -> sender.trySend(tooLong, all));
        assertThrows(NullPointerException.class, () -> sender.trySend(all, null));
        assertNull(receiver.tryReceive());
        pipe.pass(sender, receiver, message);
    }

    @Test
    void aControlledHandlerDecidesAfterEachMessage() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        if (!combination.holds()) {
            ContractPipe.BackgroundTask backgroundTask = pipe.put(sender, pipe.message(0));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> receiver.controlledPoll((m, offset, length) -> Action.CONTINUE, 1));
            assertEquals(0, pipe.number(receiver.receive(LONG)));
            backgroundTask.join();
            return;
        }
        int sent = combination.takesTurns() ? 1 : 6;
        for (int i = 0; i < sent; i++) {
            sender.send(pipe.message(i));
        }
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 3; i++) { // Again and again, and not marked for that.
            assertEquals(
                    0,
                    receiver.controlledPoll(
                            (m, offset, length) -> {
                                lengths.add(length);
                                assertEquals(0, receiver.deliveryAttempt());
                                return Action.ABORT;
                            },
                            10));
        }
        assertEquals(List.of(pipe.message(0).length, lengths.get(0), lengths.get(0)), lengths);
        assertFalse(receiver.isEndOfStream());
        Iterator<Action> actions =
                List.of(
                                Action.COMMIT,
                                Action.CONTINUE,
                                Action.BREAK,
                                Action.CONTINUE,
                                Action.ABORT,
                                Action.CONTINUE)
                        .iterator();
        List<Integer> received = new ArrayList<>();
        ControlledMessageHandler handler =
                (m, offset, length) -> {
                    Action action = actions.next();
                    if (action != Action.ABORT) {
                        received.add(length);
                    }
                    return action;
                };
        assertEquals(0, receiver.controlledPoll(handler, 0));
        assertEquals(Math.min(3, sent), receiver.controlledPoll(handler, 10));
        if (sent > 1) {
            assertEquals(1, receiver.controlledPoll(handler, 10));
            assertEquals(1, receiver.controlledPoll(handler, 1));
            assertEquals(5, pipe.number(receiver.tryReceive()));
            received.add(pipe.message(5).length);
        }
        for (int i = 0; i < sent; i++) {
            assertEquals(pipe.message(i).length, received.get(i));
        }
        assertNull(receiver.tryReceive());
        assertThrows(IllegalArgumentException.class, () -> receiver.controlledPoll(handler, -1));
        assertThrows(NullPointerException.class, () -> receiver.controlledPoll(null, 1));
        sender.send(pipe.message(0));
        assertThrows( // What throws has received its message.
                ArithmeticException.class,
                () ->
                        receiver.controlledPoll(
                                (m, offset, length) -> {
                                    throw new ArithmeticException();
                                },
                                1));
        assertNull(receiver.tryReceive());
        assertEquals(0, pipe.statistics().messages());
        pipe.pass(sender, receiver, pipe.message(1));
        sender.close();
        assertEquals(0, receiver.controlledPoll(handler, 1));
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void aSenderThatClosesWithAClaimHasSentNothingByIt() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        pipe.pass(sender, receiver, pipe.message(1));
        sender.claim(24).putLong(0, -1);
        sender.close();
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
    }

    /** A {@code trySend} to a rendezvous pipe succeeds only while a receiver waits. */
    @Test
    void aNonBlockingSenderReachesAWaitingReceiver() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 5; i++) {
            byte[] message = pipe.message(i);
            ContractPipe.BackgroundTask waiting =
                    pipe.start(() -> assertArrayEquals(message, receiver.receive()));
            waiting.awaitWaiting();
            int attempts = 1;
            while (!sender.trySend(message)) {
                assertFalse(combination.holds(), pipe::state);
                assertTrue(attempts++ < 100_000, pipe::state);
            }
            waiting.join();
            assertNull(receiver.tryReceive());
        }
    }

    @Test
    void aHandlerGetsNoMoreThanItsLimit() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        List<Integer> lengths = new ArrayList<>();
        MessageHandler handler = (m, offset, length) -> lengths.add(length);
        assertEquals(0, receiver.poll(handler, 2));
        assertEquals(0, receiver.receive(handler, 2, MOMENT));
        int sent = combination.takesTurns() ? 1 : 5;
        List<ContractPipe.BackgroundTask> backgroundTasks = new ArrayList<>();
        for (int i = 0; i < sent; i++) {
            backgroundTasks.add(pipe.put(sender, pipe.message(i)));
        }
        for (int left = sent; left > 0; ) {
            int count = receiver.receive(handler, 2, LONG);
            assertTrue(count >= 1 && count <= Math.min(2, left), count + " of " + left);
            left -= count;
        }
        for (int i = 0; i < sent; i++) {
            backgroundTasks.get(i).join();
            assertEquals(pipe.message(i).length, lengths.get(i));
        }
        assertEquals(sent, lengths.size());
        assertThrows(IllegalArgumentException.class, () -> receiver.poll(handler, -1));
        assertThrows(IllegalArgumentException.class, () -> receiver.receive(handler, 0));
    }

    @Test
    void aTimeLimitLosesAndDoublesNothing() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        assertNull(receiver.receive(MOMENT));
        assertFalse(receiver.isEndOfStream());
        assertNull(receiver.receive(Duration.ofSeconds(Long.MIN_VALUE)));
        int held = pipe.fill(sender);
        assertFalse(sender.send(pipe.message(held), Duration.ZERO));
        assertFalse(sender.send(pipe.message(held), Duration.ofSeconds(Long.MIN_VALUE)));
        assertFalse(
                sender.send(pipe.message(held), MOMENT)); // Last: another send would retract it.
        for (int i = 0; i < held; i++) {
            assertEquals(i, pipe.number(receiver.receive(LONG)));
        }
        assertNull(receiver.receive(MOMENT));
        pipe.pass(sender, receiver, pipe.message(held));
    }

    @Test
    void anInterruptionLosesAndDoublesNothing() throws Exception {
        for (int way = 0; way < 3; way++) {
            make();
            PipeSender sender = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            int held = pipe.fill(sender);
            int how = way;
            interruptWaiting(
                    () -> {
                        switch (how) {
                            case 0 -> sender.send(pipe.message(held));
                            case 1 -> sender.send(pipe.message(held), LONG);
                            default ->
                                    sender.claim(pipe.message(held).length)
                                            .commit(LONG); // The claim or the commit waits.
                        }
                    });
            for (int i = 0; i < held; i++) {
                assertEquals(i, pipe.number(receiver.tryReceive()));
            }
            assertNull(receiver.tryReceive());
            interruptWaiting(
                    () -> {
                        switch (how) {
                            case 0 -> receiver.receive();
                            case 1 -> receiver.receive(LONG);
                            default -> receiver.receive((m, offset, length) -> {}, 1);
                        }
                    });
            pipe.pass(sender, receiver, pipe.message(7));
            pipe.close();
        }
    }

    private void interruptWaiting(ContractPipe.TaskBody waits) throws Exception {
        ContractPipe.BackgroundTask backgroundTask =
                pipe.start(() -> assertThrows(InterruptedException.class, waits::run));
        backgroundTask.awaitWaiting();
        backgroundTask.interrupt();
        backgroundTask.join();
    }

    @Test
    void anInterruptedThreadDoesNotWait() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        int held = pipe.fill(sender);
        pipe.start(
                        () -> {
                            Thread.currentThread().interrupt();
                            assertThrows(
                                    InterruptedException.class,
                                    () -> sender.send(pipe.message(held)));
                        })
                .join();
        for (int i = 0; i < held; i++) {
            assertEquals(i, pipe.number(receiver.tryReceive()));
        }
        pipe.start(
                        () -> {
                            Thread.currentThread().interrupt();
                            assertThrows(InterruptedException.class, receiver::receive);
                        })
                .join();
        pipe.pass(sender, receiver, pipe.message(7));
    }

    @Test
    void endsWhenTheLastSenderHasClosedAndAllIsReceived() throws Exception {
        make();
        PipeReceiver receiver = pipe.receiver();
        int sent = 0;
        for (PipeSender sender : pipe.senders()) {
            if (combination.holds()) {
                assertTrue(sender.trySend(pipe.message(sent++)));
            }
            assertFalse(receiver.isEndOfStream());
            sender.close();
        }
        for (int i = 0; i < sent; i++) {
            assertTrue(receiver.receive(LONG) != null);
            assertFalse(receiver.isEndOfStream());
        }
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
        assertNull(receiver.tryReceive());
        assertNull(receiver.receive(LONG));
        assertEquals(0, receiver.poll((m, offset, length) -> {}, 1));
        assertEquals(-1, receiver.receive((m, offset, length) -> {}, 1));
        assertEquals(-1, receiver.receive((m, offset, length) -> {}, 1, LONG));
    }

    @Test
    void aWaitingReceiverSeesTheEndOfTheStream() throws Exception {
        make();
        List<PipeSender> senders = pipe.senders();
        List<ContractPipe.BackgroundTask> waiting = new ArrayList<>();
        for (PipeReceiver receiver : pipe.receivers()) {
            waiting.add(pipe.start(() -> assertNull(receiver.receive())));
        }
        for (PipeSender sender : senders) {
            for (ContractPipe.BackgroundTask backgroundTask : waiting) {
                backgroundTask.awaitWaiting(); // They wait while a sender is left.
            }
            sender.close();
        }
        for (ContractPipe.BackgroundTask backgroundTask : waiting) {
            backgroundTask.join();
        }
    }

    @Test
    void breaksWhenTheLastReceiverHasClosed() throws Exception {
        make(combination.spec().retainWithoutReceivers(false));
        PipeSender sender = pipe.sender();
        List<PipeReceiver> receivers = pipe.receivers();
        int held = pipe.fill(sender);
        // The last receiver of a broadcast leaves room: a send that had begun before may be done.
        int more = combination.isBroadcast() ? 1 : 0;
        ContractPipe.BackgroundTask waiting =
                pipe.start(
                        () ->
                                assertThrows(
                                        BrokenChannelException.class,
                                        () -> {
                                            for (int i = 0; i <= more; i++) {
                                                sender.send(pipe.message(held + i));
                                            }
                                        }));
        for (PipeReceiver receiver : receivers) {
            waiting.awaitWaiting();
            receiver.close();
        }
        waiting.join();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(pipe.message(0)));
        assertThrows(BrokenChannelException.class, () -> sender.send(pipe.message(0)));
        assertThrows(BrokenChannelException.class, () -> sender.send(pipe.message(0), MOMENT));
        assertThrows(BrokenChannelException.class, () -> sender.tryClaim(8));
        assertThrows(BrokenChannelException.class, () -> sender.claim(8));
    }

    /** A broadcast keeps nothing for a receiver that is not there: {@code BroadcastTest}. */
    private static boolean keepsForAReceiver(Combination combination) {
        return !combination.isBroadcast();
    }

    @TestWhere("keepsForAReceiver")
    void messagesWaitForTheNextReceiverIfThePipeIsRetained() throws Exception {
        make(combination.spec().retainWithoutReceivers(true));
        PipeSender sender = pipe.sender();
        pipe.receiver().close();
        ContractPipe.BackgroundTask backgroundTask = pipe.put(sender, pipe.message(5));
        PipeReceiver receiver = pipe.receiver();
        assertEquals(5, pipe.number(receiver.receive(LONG)));
        backgroundTask.join();
    }

    @TestWhere("keepsForAReceiver")
    void messagesWaitForTheFirstReceiver() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        ContractPipe.BackgroundTask backgroundTask = pipe.put(sender, pipe.message(6));
        if (!combination.holds()) {
            backgroundTask.awaitWaiting();
        }
        PipeReceiver receiver = pipe.receiver();
        assertEquals(6, pipe.number(receiver.receive(LONG)));
        backgroundTask.join();
    }

    @Test
    void aLaterSenderGoesOn() throws Exception {
        make();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 5; i++) {
            PipeSender sender = pipe.sender();
            pipe.pass(sender, receiver, pipe.message(i));
            assertNull(receiver.tryReceive());
            sender.close();
            assertNull(receiver.receive());
            assertTrue(receiver.isEndOfStream());
        }
    }

    @Test
    void aHandlerThatThrowsHasReceivedItsMessage() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        ContractPipe.BackgroundTask backgroundTask = pipe.put(sender, pipe.message(1));
        IllegalStateException thrown =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                receiver.receive(
                                        (m, offset, length) -> {
                                            throw new IllegalStateException("handler");
                                        },
                                        1));
        assertEquals("handler", thrown.getMessage());
        backgroundTask.join();
        pipe.pass(sender, receiver, pipe.message(2));
    }

    /** Attaching knows neither capacities nor ways to wait, and refuses after half a second. */
    private static boolean isSmallOrProof(Combination combination) {
        return combination.capacity() == Combination.PipeCapacity.SMALL || Proof.isProofBuild();
    }

    @TestWhere("isSmallOrProof")
    void anOccupiedSlotIsRefused() throws Exception {
        make();
        List<PipeSender> senders = pipe.senders();
        List<PipeReceiver> receivers = pipe.receivers();
        ContractPipe.BackgroundTask other =
                pipe.start(() -> assertThrows(IllegalStateException.class, pipe::sender));
        assertThrows(IllegalStateException.class, pipe::receiver);
        other.join();
        senders.get(0).close();
        pipe.sender();
        receivers.get(0).close();
        pipe.receiver();
    }

    @Test
    void aClosedEndRefusesEveryCall() throws Exception {
        make();
        PipeSender sender = pipe.sender();
        PipeReceiver receiver = pipe.receiver();
        for (int i = 0; i < 2; i++) {
            sender.close();
            receiver.close();
        }
        assertThrows(IllegalStateException.class, () -> sender.trySend(pipe.message(1)));
        assertThrows(IllegalStateException.class, () -> receiver.tryReceive());
        assertEquals(
                List.of(false, false),
                pipe.statistics().participants().stream()
                        .map(PipeStatistics.Participant::alive)
                        .toList());
    }
}
