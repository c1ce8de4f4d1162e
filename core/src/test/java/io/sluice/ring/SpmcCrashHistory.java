package io.sluice.ring;

import static io.sluice.ring.SlotStateDescriptor.STRIDE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageBatch;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * A lane with several receivers in some state: which are alive, which died holding a message, and
 * how often each message came. An end that is busy, stopped or in its handler, is left alone.
 */
final class SpmcCrashHistory {
    static final int RECEIVERS = 3;

    /** A receiving end, its owner number, and what it received. */
    final class CrashableReceiver {
        final int owner;
        final FaultInjector faultInjector = new FaultInjector();
        private final ControlledBatch batch = new ControlledBatch();
        private final MessageRun run = new MessageRun();
        private final List<KeptMessage> kept = new ArrayList<>();
        private ControlledBatch keeping;
        LaneReceiver receiver;
        boolean busy;
        boolean crashed;
        private int last;

        CrashableReceiver(int owner) {
            this.owner = owner;
            attach();
        }

        void attach() {
            crashed = false;
            last = -1;
            kept.clear();
            keeping = ControlledBatch.keeping();
            receiver = crashableLane.receiver(owner, faultInjector);
        }

        /** Polls, and notes the end's death if it dies. */
        int poll(int limit) {
            busy = true;
            try {
                int mode = redeliver ? inHandler.nextInt(4) : 3; // Else each death drops many.
                if (mode == 0) {
                    return receiver.pollRun(run.start(this::onBatch), limit);
                }
                if (mode == 1) {
                    return receiver.controlledPoll(keeping.start(this::onKept), limit);
                }
                return mayAbort && inHandler.nextBoolean()
                        ? receiver.controlledPoll(batch.start(this::onControlled), limit)
                        : receiver.poll(this::onMessage, limit);
            } catch (SimulatedCrash e) {
                die();
                return 0;
            } finally {
                faultInjector.disarm();
                busy = false;
            }
        }

        private void onKept(long tag, MemorySegment memory, long offset, int length) {
            int number = NumberedMessage.read(memory, offset, length);
            kept.add(new KeptMessage(tag, number, memory, offset, length));
            onMessage(memory, offset, length);
        }

        /** Polls messages to be acknowledged later. */
        void keep(int limit) {
            faultInjector.disarm(); // A history may have armed it: the end is to live.
            busy = true;
            try {
                receiver.controlledPoll(keeping.start(this::onKept), limit);
            } finally {
                busy = false;
            }
        }

        /** Acknowledges that many messages, in any order; notes the end's death if it dies. */
        void acknowledge(int count, Random random) {
            busy = true;
            try {
                for (int left = count; left > 0 && !kept.isEmpty(); left--) {
                    KeptMessage message = kept.remove(random.nextInt(kept.size()));
                    assertEquals(
                            message.number,
                            NumberedMessage.read(message.memory, message.offset, message.length),
                            "overwritten before it was acknowledged");
                    keeping.acknowledge(message.tag);
                    acknowledged.set(message.number);
                }
            } catch (SimulatedCrash e) {
                die();
            } finally {
                faultInjector.disarm();
                busy = false;
            }
        }

        /** Notes its death, and what it holds: of a run it may have received many messages. */
        private void die() {
            crashed = true;
            deaths++;
            returned += crashableLane.takenBy(owner);
        }

        /** Leaves with messages that are not acknowledged, and comes back. */
        void leave() {
            keeping.endAcknowledgements();
            deaths++;
            returned += crashableLane.takenBy(owner);
            recover(new FaultInjector());
        }

        private void onBatch(MessageBatch messages) {
            while (messages.next()) {
                onMessage(messages.memory(), messages.offset(), messages.length());
            }
        }

        private Action onControlled(MemorySegment memory, long offset, int length) {
            if (inHandler.nextInt(4) == 0) {
                aborted.set(NumberedMessage.read(memory, offset, length));
                return Action.ABORT;
            }
            onMessage(memory, offset, length);
            return Action.values()[1 + inHandler.nextInt(3)];
        }

        private void onMessage(MemorySegment memory, long offset, int length) {
            int number = NumberedMessage.read(memory, offset, length);
            if (number >= received.length) {
                received = Arrays.copyOf(received, Math.max(2 * received.length, number + 1));
            }
            assertTrue(number < sent, () -> number + " of a batch that is not committed");
            assertTrue(!acknowledged.get(number), () -> number + " was acknowledged");
            int attempt = receiver.deliveryAttempt();
            assertTrue(received[number] == 0 || attempt > 0, () -> number + " came twice");
            assertTrue(attempt <= deaths, () -> number + " is marked as redelivered");
            if (attempt == 0 && !aborted.get(number)) {
                assertTrue(number > last, () -> number + " came after " + last);
                last = number;
            }
            received[number]++;
            if (inHandler.nextInt(8) == 0) {
                act(inHandler);
                assertEquals(number, NumberedMessage.read(memory, offset, length), "overwritten");
            }
        }

        /** Recovers the end and takes its place, unless the recoverer dies. */
        void recover(FaultInjector recoverer) {
            busy = true; // The recoverer holds its lock.
            try {
                crashableLane.recover(owner, recoverer, redeliver);
                attach();
            } catch (SimulatedCrash e) {
                // The next recoverer repeats it all.
            } finally {
                recoverer.disarm();
                busy = false;
            }
        }
    }

    /** A message that was handed out and is not acknowledged. */
    private record KeptMessage(
            long tag, int number, MemorySegment memory, long offset, int length) {}

    private final BitSet aborted = new BitSet(); // These may come after later ones.
    private final BitSet acknowledged = new BitSet();
    private boolean mayAbort = true;
    private final CrashableLane crashableLane;
    final FaultInjector senderFaults = new FaultInjector();
    final CrashableReceiver[] receivers = new CrashableReceiver[RECEIVERS];
    final boolean redeliver;
    LaneSender sender;
    boolean senderBusy;
    int sent;
    private final int longest;
    private final Random inHandler;
    private int[] received = new int[256];
    private int deaths;
    private int returned; // Messages that a receiver held when it died or left: ready again.
    private int senders;

    /** Runs a history of up to 60 steps. */
    SpmcCrashHistory(CrashableLane crashableLane, Random random) {
        this.crashableLane = crashableLane;
        inHandler = new Random(random.nextLong());
        redeliver = random.nextInt(4) > 0;
        longest = new int[] {1, 40, 200}[random.nextInt(3)];
        newSender();
        for (int i = 0; i < RECEIVERS; i++) {
            receivers[i] = new CrashableReceiver(i + 1);
        }
        for (int steps = random.nextInt(60); steps > 0; steps--) {
            act(random);
        }
    }

    void newSender() {
        sender = crashableLane.sender(senderFaults);
        senders++;
    }

    boolean send(Random random) {
        return random.nextInt(4) == 0 ? sendBatch(random) : send(random.nextInt(longest));
    }

    private boolean sendBatch(Random random) {
        int messages = random.nextInt(random.nextInt(8) == 0 ? 30 : 5);
        int extra = random.nextInt(Math.min(longest, 40));
        int room = STRIDE * random.nextInt(4);
        int bytes = messages * SlotStateDescriptor.ringLength(80) + room;
        senderBusy = true;
        try {
            boolean done =
                    bytes < 500
                            && NumberedMessage.sendBatch(
                                    sender, sent, messages, messages > 5 ? 0 : extra, room);
            sent += done ? messages : 0;
            return done;
        } finally {
            senderBusy = false;
        }
    }

    private boolean send(int extra) {
        byte[] message = NumberedMessage.of(sent, extra);
        senderBusy = true;
        try {
            boolean done =
                    extra % 4 == 3
                            ? NumberedMessage.sendShorter(sender, sent, extra, extra / 2)
                            : sender.tryWrite(message, 0, message.length);
            sent += done ? 1 : 0;
            return done;
        } finally {
            senderBusy = false;
        }
    }

    /** Lets an end that is not busy run a step. */
    void act(Random random) {
        int what = random.nextInt(20);
        CrashableReceiver crashableReceiver = receivers[random.nextInt(RECEIVERS)];
        if (what < 12) {
            for (int n = random.nextInt(8); n > 0 && !senderBusy; n--) {
                send(random);
            }
        } else if (crashableReceiver.busy) {
            return;
        } else if (crashableReceiver.crashed) {
            crashableReceiver.recover(new FaultInjector());
        } else {
            if (what == 19) {
                crashableReceiver.faultInjector.crashAfter(random.nextInt(20));
            }
            if (crashableReceiver.kept.isEmpty() || random.nextInt(3) > 0) {
                crashableReceiver.poll(1 + random.nextInt(12));
            } else if (random.nextInt(8) > 0) {
                crashableReceiver.acknowledge(1 + random.nextInt(20), random);
            } else {
                crashableReceiver.leave();
            }
        }
    }

    /** Returns a receiver that is alive; recovers it first if it is dead. */
    CrashableReceiver anyAlive(Random random) {
        CrashableReceiver crashableReceiver = receivers[random.nextInt(RECEIVERS)];
        if (crashableReceiver.crashed) {
            crashableReceiver.recover(new FaultInjector());
        }
        return crashableReceiver;
    }

    /** Checks that the receivers alive receive everything sent, and that there is room again. */
    void finish() {
        for (CrashableReceiver crashableReceiver : receivers) {
            if (crashableReceiver.crashed) {
                crashableReceiver.recover(new FaultInjector());
            }
        }
        drain();
        for (int i = 0; i < 64; i++) {
            assertTrue(send(0), "there is room again");
        }
        drain();
        sender.verify();
        int missing = 0;
        for (int number = 0; number < sent; number++) {
            if (number >= received.length || received[number] == 0) {
                missing++;
            }
        }
        crashableLane.checkSettled();
        int lost = missing;
        long dropped = crashableLane.dropped();
        // A dead sender may not have counted a drop; a dropped message may have been received.
        int uncounted = crashableLane.dropping() ? senders - 1 : 0;
        long most = dropped + uncounted + (redeliver ? 0 : deaths);
        assertTrue(
                lost <= most && dropped <= lost + returned,
                () -> lost + " lost, " + dropped + " dropped, " + returned + " returned");
        for (int number = sent; number < received.length; number++) {
            assertEquals(0, received[number], "never sent");
        }
    }

    private void drain() {
        mayAbort = false;
        int quiet = 0;
        for (int rounds = 0; quiet < RECEIVERS; rounds++) {
            assertTrue(rounds < 1000, "it never ends");
            for (CrashableReceiver crashableReceiver : receivers) {
                if (crashableReceiver.crashed) {
                    crashableReceiver.recover(
                            new FaultInjector()); // It died in a handler of this drain.
                }
                quiet = crashableReceiver.poll(100) == 0 ? quiet + 1 : 0;
                crashableReceiver.acknowledge(Integer.MAX_VALUE, inHandler);
            }
        }
        for (CrashableReceiver crashableReceiver : receivers) {
            assertTrue(!crashableReceiver.receiver.hasNext(), "nothing is left");
            crashableReceiver.receiver.verify();
            assertEquals(0, crashableLane.takenBy(crashableReceiver.owner), "held");
        }
    }
}
