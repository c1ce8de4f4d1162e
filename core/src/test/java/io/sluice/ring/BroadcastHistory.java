package io.sluice.ring;

import static io.sluice.ring.NumberedMessage.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.PipePosition;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.wait.DrainMode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A broadcast lane on heap memory, its ends, and what each receiver must get next. The messages
 * carry their numbers, so each receiver's count of messages and losses is checked exactly.
 */
final class BroadcastHistory {
    static final int CAPACITY = 4096;
    static final int RECEIVERS = 4;
    private static final int LONGEST = LaneDescriptor.maxPayloadLength(CAPACITY);

    /** A receiver, and the number of the message that it must get next. */
    final class Subscriber {
        final int index;
        final boolean lossy;
        BroadcastRingReceiver receiver;
        long next;
        private long lost;

        Subscriber(int index, boolean lossy) {
            this.index = index;
            this.lossy = lossy;
        }

        /** Joins, and knows by the count of messages where it is. */
        void join(PipePosition start) {
            receiver =
                    (BroadcastRingReceiver)
                            flavor(lossy, start).receiver(memory(faultInjector), index);
            next = number(receiver.place());
            lost = receiver.lostMessages();
            if (start.equals(PipePosition.NEWEST) && !busy) {
                assertEquals(sent, next, "it begins after the newest message");
            }
        }

        int poll(int limit) {
            if (limit % 3 == 2) {
                MessageRun run = new MessageRun();
                return receiver.pollRun(
                        run.start(
                                batch -> {
                                    while (batch.next()) {
                                        check(read(batch.memory(), batch.offset(), batch.length()));
                                    }
                                }),
                        limit);
            }
            return receiver.poll((m, at, length) -> check(read(m, at, length)), limit);
        }

        private void check(int number) {
            long lostNow = receiver.lostMessages();
            assertEquals(number - next, lostNow - lost, "messages counted as lost");
            assertTrue(
                    number == next || !receiver.isGated(), () -> "lost, though gated: " + number);
            lost = lostNow;
            next = number + 1L;
        }

        /** Receives all there is. */
        void drain() {
            while (poll(100) > 0) {}
            assertEquals(
                    sent, next + receiver.lostMessages() - lost, "all was received or counted");
            assertEquals(sent, number(receiver.place()), "its count of messages");
            next = sent;
            lost = receiver.lostMessages();
        }
    }

    final FaultInjector faultInjector = new FaultInjector();
    final List<Subscriber> subscribers = new ArrayList<>();
    final RingMemory lane;
    private final boolean demoting;
    private final long firstCount;
    LaneSender sender;
    int sent;

    /** Whether messages are being sent while another step is interrupted. */
    boolean busy;

    BroadcastHistory(Random random, boolean demoting) {
        this.demoting = demoting;
        Memory control = new HeapMemory(4096);
        Memory boundaries = new HeapMemory(BroadcastDescriptor.tableLength(CAPACITY));
        this.lane = new RingMemory(control, boundaries, HeapMemory.mirrored(CAPACITY), () -> {});
        long position = 0;
        long count = 0;
        if (random.nextInt(4) > 0) { // As if it had been used, soon at the end of the counts.
            position = random.nextLong() >>> 20 & -8;
            count = BroadcastDescriptor.MESSAGES_MASK - random.nextInt(100);
            control.setLong(LaneDescriptor.SENDER_POSITION_OFFSET, position);
            control.setLong(BroadcastDescriptor.INTENT_OFFSET, position + 8);
            boundaries.setLong(
                    BroadcastDescriptor.boundaryOffset(BroadcastDescriptor.block(position)),
                    BroadcastDescriptor.boundary(position, count, CAPACITY));
        }
        this.firstCount = count;
        newSender();
    }

    RingFlavor flavor(boolean lossy, PipePosition start) {
        return new RingFlavor(
                RingFlavor.Protocol.BROADCAST,
                false,
                false,
                true,
                DrainMode.ADAPTIVE,
                new Broadcast(RECEIVERS, demoting, lossy, start));
    }

    RingMemory memory(FaultInjector faults) {
        return new RingMemory(
                new CrashableMemory(lane.control(), faults),
                new CrashableMemory(lane.slotStates(), faults),
                new CrashableMemory(lane.ring(), faults),
                () -> {});
    }

    long number(PipePosition place) {
        return BroadcastDescriptor.difference(place.messages(), firstCount);
    }

    void newSender() {
        sender = flavor(false, PipePosition.NEWEST).sender(memory(faultInjector));
    }

    boolean send(int extra) {
        byte[] message = NumberedMessage.of(sent, Math.min(extra, LONGEST - 4));
        boolean done =
                sent % 2 == 0
                        ? sender.tryWrite(message, 0, message.length)
                        : sender.tryWrite(MemorySegment.ofArray(message), 0, message.length);
        sent += done ? 1 : 0;
        return done;
    }

    boolean sendBatch(int messages, int extra) {
        boolean done = NumberedMessage.sendBatch(sender, sent, messages, extra, 0);
        sent += done ? messages : 0;
        return done;
    }

    boolean sendShorter(int extra, int unused) {
        boolean done = NumberedMessage.sendShorter(sender, sent, extra, unused);
        sent += done ? 1 : 0;
        return done;
    }

    Subscriber join(boolean lossy, PipePosition start) {
        Subscriber subscriber = new Subscriber(subscribers.size(), lossy);
        subscriber.join(start);
        subscribers.add(subscriber);
        return subscriber;
    }

    /** Opens the gate of a receiver that is dead, as the holder of its lock does. */
    void recover(int index) {
        flavor(false, PipePosition.NEWEST).recoverReceiver(memory(faultInjector), index);
    }

    /** Sends whatever there is room for: about as many bytes. */
    void stream(Random random, int bytes) {
        for (int left = bytes; left > 0; ) {
            int extra = random.nextInt(16) == 0 ? random.nextInt(3000) : random.nextInt(200);
            left -= extra + 16;
            int kind = random.nextInt(8);
            boolean done =
                    kind == 0
                            ? sendBatch(1 + random.nextInt(5), random.nextInt(60))
                            : kind == 1
                                    ? sendShorter(extra % 200, random.nextInt(90))
                                    : send(extra);
            if (!done) {
                return;
            }
        }
    }

    /** Makes a random step. */
    void step(Random random) {
        int kind = random.nextInt(10);
        if (kind < 5) {
            stream(random, random.nextInt(1500));
        } else if (kind == 5) {
            stream(random, random.nextInt(3 * CAPACITY));
        } else if (kind == 6) {
            newSender();
        } else if (!subscribers.isEmpty()) {
            Subscriber any = subscribers.get(random.nextInt(subscribers.size()));
            if (random.nextInt(20) == 0) {
                recover(any.index);
                any.join(start(random));
            } else {
                any.poll(1 + random.nextInt(20));
            }
        }
    }

    static PipePosition start(Random random) {
        return random.nextBoolean() ? PipePosition.NEWEST : PipePosition.OLDEST;
    }

    /** Creates a history of random steps. */
    static BroadcastHistory random(Random random, boolean demoting) {
        BroadcastHistory history = new BroadcastHistory(random, demoting);
        int receivers = random.nextInt(RECEIVERS);
        for (int i = 0; i < receivers; i++) {
            history.stream(random, random.nextInt(2 * CAPACITY));
            history.join(random.nextBoolean(), start(random));
        }
        int steps = random.nextInt(30);
        for (int i = 0; i < steps; i++) {
            history.step(random);
        }
        return history;
    }

    /** Receives all there is everywhere, and checks that the lane goes on. */
    void settle(Random random) {
        for (int round = 0; round < 3; round++) {
            subscribers.forEach(Subscriber::drain);
            int before = sent;
            stream(random, 500 + round * CAPACITY);
            assertTrue(sent > before, "the sender goes on");
        }
        subscribers.forEach(Subscriber::drain);
    }
}
