package io.sluice.ring;

import static io.sluice.ring.NumberedMessage.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ControlledMessageHandler;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.Proof;
import io.sluice.TestWhere;
import io.sluice.UnacknowledgedMessageHandler;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills an end before each of its accesses to shared memory in turn: in random histories, the end
 * is abandoned at every access of the next operation and another end takes over; no accepted
 * message may be lost, duplicated, torn or out of order.
 */
@ParameterizedClass
@EnumSource
class SpscRingCrashTest {
    /** The kind of lane. */
    enum SpscRingLayout {
        RING("", CrashableLane::spsc),
        SEGMENTED("segmented ring, ", CrashableLane::segmentedSpsc);

        final String what;
        final Function<Random, CrashableLane> wiring;

        SpscRingLayout(String what, Function<Random, CrashableLane> wiring) {
            this.what = what;
            this.wiring = wiring;
        }
    }

    @Parameter private SpscRingLayout spscRingLayout;

    /** A lane in some state, with the numbers of its messages. */
    private static final class History {
        final FaultInjector faultInjector = new FaultInjector();
        private final CrashableLane crashableLane;
        LaneSender sender;
        LaneReceiver receiver;
        int sent;
        int received;

        History(CrashableLane crashableLane, Random random) {
            this.crashableLane = crashableLane;
            newSender();
            newReceiver();
            int steps = random.nextInt(60);
            for (int i = 0; i < steps; i++) {
                int step = random.nextInt(7);
                if (step > 5) {
                    sendBatch(random);
                } else if (step > 2) {
                    send(random.nextInt(200));
                } else if (step > 1) {
                    sendShorter(random.nextInt(200), random.nextInt(100));
                } else {
                    receive(1 + random.nextInt(5));
                }
            }
        }

        void newSender() {
            sender = crashableLane.sender(faultInjector);
        }

        void newReceiver() {
            crashableLane.recover(0, faultInjector, true);
            receiver = crashableLane.receiver(0, faultInjector);
        }

        boolean sendShorter(int extra, int unused) {
            boolean done = NumberedMessage.sendShorter(sender, sent, extra, unused);
            sent += done ? 1 : 0;
            return done;
        }

        boolean sendBatch(Random random) {
            int messages = random.nextInt(5);
            boolean done =
                    NumberedMessage.sendBatch(
                            sender, sent, messages, random.nextInt(60), 8 * random.nextInt(10));
            sent += done ? messages : 0;
            return done;
        }

        boolean send(int extra) {
            byte[] message = NumberedMessage.of(sent, extra);
            if (sender.tryWrite(message, 0, message.length)) {
                sent++;
                return true;
            }
            return false;
        }

        List<Integer> take(int limit) {
            List<Integer> numbers = new ArrayList<>();
            if (limit % 2 == 0) {
                takeRun(numbers, limit);
            } else {
                receiver.poll((m, at, length) -> numbers.add(read(m, at, length)), limit);
            }
            return numbers;
        }

        List<Integer> takeAll() {
            List<Integer> all = new ArrayList<>();
            List<Integer> batch;
            while (!(batch = take(100)).isEmpty()) {
                all.addAll(batch);
            }
            return all;
        }

        void checkUpToTheEnd(int first, List<Integer> rest) {
            for (int i = 0; i < rest.size(); i++) {
                assertEquals(first + i, rest.get(i), "out of order");
            }
            assertEquals(sent, first + rest.size(), "lost at the end");
        }

        void takeRun(List<Integer> numbers, int limit) {
            MessageRun run = new MessageRun();
            run.start(
                    batch -> {
                        while (batch.next()) {
                            numbers.add(read(batch.memory(), batch.offset(), batch.length()));
                        }
                    });
            receiver.pollRun(run, limit);
        }

        void receive(int limit) {
            for (int number : take(limit)) {
                assertEquals(received++, number, "out of order, lost or doubled");
            }
        }

        void drain() {
            int before;
            do {
                before = received;
                receive(100);
            } while (received > before);
        }
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_SPSC, spscRingLayout.what + "sender", 0.25, this::senderCrashes);
    }

    private boolean senderCrashes(Random random, int accesses) {
        History history = new History(spscRingLayout.wiring.apply(random), random);
        int extra = random.nextInt(100);
        int unused = random.nextInt(200);
        boolean batch = random.nextBoolean();
        boolean died = false;
        history.faultInjector.crashAfter(accesses);
        try {
            if (batch) {
                history.sendBatch(random);
            } else if (unused < 100) {
                history.sendShorter(extra, unused);
            } else {
                history.send(extra);
            }
        } catch (SimulatedCrash e) {
            died = true; // Its successor must find everything that was accepted, and continue.
        }
        history.faultInjector.disarm();
        history.newSender();
        history.drain();
        assertEquals(history.sent, history.received);
        for (int i = 0; i < 5; i++) {
            assertTrue(history.send(3 * i), "the successor sends");
        }
        history.drain();
        assertEquals(history.sent, history.received);
        return died;
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_SPSC, spscRingLayout.what + "receiver", 0.25, this::receiverCrashes);
    }

    private boolean receiverCrashes(Random random, int accesses) {
        History history = new History(spscRingLayout.wiring.apply(random), random);
        int limit = 1 + random.nextInt(6);
        List<Integer> seen = new ArrayList<>();
        boolean died = false;
        history.faultInjector.crashAfter(accesses);
        try {
            if (random.nextBoolean()) {
                history.takeRun(seen, limit);
            } else {
                history.receiver.poll((m, at, length) -> seen.add(read(m, at, length)), limit);
            }
        } catch (SimulatedCrash e) {
            died = true; // What it had not released is redelivered, from the first of its batch.
        }
        history.faultInjector.disarm();
        int before = history.received;
        for (int i = 0; i < seen.size(); i++) {
            assertEquals(before + i, seen.get(i), "out of order");
        }
        history.newReceiver();
        List<Integer> rest = history.takeAll();
        int first = rest.isEmpty() ? history.sent : rest.get(0);
        assertTrue(
                first >= before && first <= before + seen.size(),
                () -> "lost: received up to " + seen + ", then from " + first);
        history.checkUpToTheEnd(first, rest);
        return died;
    }

    @Test
    void aReceiverMayDieWhileItAborts() {
        CrashPoints.each(
                Proof.CRASHES_SPSC, spscRingLayout.what + "aborts", 0.15, this::receiverAborts);
    }

    private boolean receiverAborts(Random random, int accesses) {
        History history = new History(spscRingLayout.wiring.apply(random), random);
        if (random.nextBoolean()) { // What is handed out next was handed out before.
            history.faultInjector.crashAfter(random.nextInt(40));
            try {
                history.take(10);
            } catch (SimulatedCrash e) {
                // It may die before anything was sent, too.
            }
            history.faultInjector.disarm();
            history.newReceiver();
        }
        int abortAt = random.nextInt(4);
        List<Integer> seen = new ArrayList<>();
        int[] attempt = {-1};
        ControlledMessageHandler handler =
                (m, at, length) -> {
                    seen.add(read(m, at, length));
                    attempt[0] = history.receiver.deliveryAttempt();
                    return seen.size() > abortAt
                            ? Action.ABORT
                            : random.nextBoolean() ? Action.COMMIT : Action.CONTINUE;
                };
        boolean died = false;
        int count = -1;
        history.faultInjector.crashAfter(accesses);
        try {
            count = history.receiver.controlledPoll(new ControlledBatch().start(handler), 6);
        } catch (SimulatedCrash e) {
            died = true;
        }
        history.faultInjector.disarm();
        boolean aborted = seen.size() > abortAt;
        int received = aborted ? abortAt : seen.size();
        if (!died) {
            assertEquals(received, count);
            if (aborted) {
                boolean[] same = new boolean[1];
                int last = seen.get(abortAt);
                history.receiver.poll(
                        (m, at, length) ->
                                same[0] =
                                        read(m, at, length) == last
                                                && history.receiver.deliveryAttempt() == attempt[0],
                        1);
                assertTrue(same[0], "the aborted message comes next, and is not marked for it");
                received++;
            }
        }
        history.newReceiver();
        List<Integer> rest = history.takeAll();
        int first = rest.isEmpty() ? history.sent : rest.get(0);
        int before = seen.isEmpty() ? first : seen.get(0);
        int most = before + received;
        assertTrue(
                first >= before && first <= most,
                () -> "lost: " + seen + ", " + aborted + ", then from " + first);
        if (!died) {
            assertEquals(most, seen.isEmpty() ? before + received : first, "all was released");
        }
        history.checkUpToTheEnd(first, rest);
        return died;
    }

    @Test
    void eachMessageIsMarkedAsOftenAsItWasHandedOut() {
        CrashPoints.each(
                Proof.CRASHES_SPSC, spscRingLayout.what + "receivers", 0.1, this::receiversCrash);
    }

    /** A message that was handed out and is not acknowledged. */
    private record KeptMessage(
            long tag, int number, MemorySegment memory, long offset, int length) {}

    static boolean isOneRing(SpscRingLayout layout) {
        return layout == SpscRingLayout.RING;
    }

    @TestWhere("isOneRing")
    void whatIsAcknowledgedInOrderComesNotAgain() {
        CrashPoints.each(Proof.CRASHES_SPSC, "acknowledges", 0.15, this::acknowledgerCrashes);
    }

    /**
     * The first receiver dies at the given access; later ones die anywhere, or leave. Messages are
     * acknowledged in any order.
     */
    private boolean acknowledgerCrashes(Random random, int accesses) {
        History history = new History(spscRingLayout.wiring.apply(random), random);
        int[] handedOut = new int[history.sent + 40];
        int[] perhaps = new int[history.sent + 40];
        BitSet acknowledged = new BitSet();
        acknowledged.set(0, history.received);
        List<KeptMessage> kept = new ArrayList<>();
        int[] next = {-1};
        boolean died = false;
        int mostReleased = history.received;
        for (int death = 0; death < 4; death++) {
            int underWay = -1;
            ControlledBatch keeping = ControlledBatch.keeping();
            UnacknowledgedMessageHandler handler =
                    (tag, memory, at, length) -> {
                        int number = read(memory, at, length);
                        int attempt = history.receiver.deliveryAttempt();
                        assertTrue(
                                number >= acknowledged.nextClearBit(0),
                                () -> number + " and all before it were acknowledged");
                        int most = handedOut[number] + perhaps[number];
                        assertTrue(
                                handedOut[number] <= attempt && attempt <= most,
                                () ->
                                        ("message " + number + " says " + attempt)
                                                + (", not " + handedOut[number] + ".." + most));
                        handedOut[number]++;
                        if (next[0] < 0) { // One under way at a death may have been released.
                            acknowledged.set(0, number);
                        }
                        next[0] = number + 1;
                        kept.add(new KeptMessage(tag, number, memory, at, length));
                    };
            history.faultInjector.crashAfter(death == 0 ? accesses : random.nextInt(80));
            next[0] = -1;
            boolean polling = false;
            try {
                for (int steps = 1 + random.nextInt(8); steps > 0; steps--) {
                    polling = kept.isEmpty() || random.nextBoolean();
                    if (polling) {
                        history.receiver.controlledPoll(
                                keeping.start(handler), 1 + random.nextInt(6));
                        history.receiver.verify();
                    } else {
                        KeptMessage message = kept.remove(random.nextInt(kept.size()));
                        assertEquals(
                                message.number,
                                read(message.memory, message.offset, message.length),
                                "overwritten before it was acknowledged");
                        underWay = message.number;
                        keeping.acknowledge(message.tag);
                        acknowledged.set(message.number);
                    }
                }
            } catch (SimulatedCrash e) {
                died |= death == 0;
                if (polling) { // The next one may be recorded as handed out, whichever it is.
                    for (int number = 0; number < history.sent; number++) {
                        perhaps[number] += next[0] < 0 || number == next[0] ? 1 : 0;
                    }
                }
            }
            history.faultInjector.disarm();
            keeping.endAcknowledgements();
            kept.clear();
            BitSet perhapsAcknowledged = (BitSet) acknowledged.clone();
            perhapsAcknowledged.set(Math.max(0, underWay));
            mostReleased = Math.max(mostReleased, perhapsAcknowledged.nextClearBit(0));
            acknowledged.clear(acknowledged.nextClearBit(0), handedOut.length); // Come again.
            if (random.nextBoolean()) {
                history.send(random.nextInt(60));
            }
            history.newReceiver();
        }
        List<Integer> rest = history.takeAll();
        int first = rest.isEmpty() ? history.sent : rest.get(0);
        int most = mostReleased;
        assertTrue(
                acknowledged.nextClearBit(0) <= first && first <= most,
                () -> first + " comes first, not " + acknowledged.nextClearBit(0) + ".." + most);
        history.checkUpToTheEnd(first, rest);
        assertTrue(history.send(0), "there is room");
        return died;
    }

    /** The first receiver dies at the given access; later ones die anywhere or not at all. */
    private boolean receiversCrash(Random random, int accesses) {
        History history = new History(spscRingLayout.wiring.apply(random), random);
        int[] handedOut = new int[history.sent + 1];
        int[] perhaps = new int[history.sent + 1]; // Recorded as handed out, not seen by a handler.
        int[] next = {-1}; // After this receiver's last message; -1 if none.
        int[] perhapsFirst = {0};
        MessageHandler handler =
                (memory, at, length) -> {
                    int number = read(memory, at, length);
                    int attempt = history.receiver.deliveryAttempt();
                    perhaps[number] += perhapsFirst[0];
                    perhapsFirst[0] = 0;
                    int most = handedOut[number] + perhaps[number];
                    assertTrue(
                            handedOut[number] <= attempt && attempt <= most,
                            () ->
                                    ("message " + number + " says " + attempt)
                                            + (", not " + handedOut[number] + ".." + most));
                    handedOut[number]++;
                    next[0] = number + 1;
                };
        boolean died = false;
        for (int death = 0; death < 4; death++) {
            history.faultInjector.crashAfter(death == 0 ? accesses : random.nextInt(80));
            next[0] = -1;
            try {
                for (int polls = random.nextInt(4); polls >= 0; polls--) {
                    history.receiver.poll(handler, 1 + random.nextInt(6));
                }
            } catch (SimulatedCrash e) {
                died |= death == 0;
                if (next[0] < 0) {
                    perhapsFirst[0]++;
                } else {
                    perhaps[next[0]]++;
                }
            }
            history.faultInjector.disarm();
            history.newReceiver();
        }
        while (history.receiver.poll(handler, 100) > 0) {}
        for (int number = history.received; number < history.sent; number++) {
            assertTrue(handedOut[number] > 0, "lost: " + number);
        }
        return died;
    }
}
