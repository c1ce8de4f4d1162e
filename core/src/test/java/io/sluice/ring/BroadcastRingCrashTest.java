package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.ring.BroadcastHistory.Subscriber;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Kills an end of a broadcast lane before each of its accesses to shared memory in turn, or stops
 * it there while another end runs: a gated receiver must lose no message, and a lossy one must get
 * none that is torn, and count each gap exactly.
 */
class BroadcastRingCrashTest {
    private static void send(BroadcastHistory history, Random random) {
        int extra = random.nextInt(4) == 0 ? random.nextInt(4080) : random.nextInt(300);
        switch (random.nextInt(4)) {
            case 0 -> history.sendBatch(1 + random.nextInt(8), random.nextInt(60));
            case 1 -> history.sendShorter(extra % 200, random.nextInt(100));
            default -> history.send(extra);
        }
    }

    private static BroadcastHistory history(Random random) {
        BroadcastHistory history = BroadcastHistory.random(random, random.nextInt(4) == 0);
        if (history.subscribers.isEmpty()) {
            history.join(random.nextBoolean(), BroadcastHistory.start(random));
        }
        return history;
    }

    private static Subscriber any(BroadcastHistory history, Random random) {
        return history.subscribers.get(random.nextInt(history.subscribers.size()));
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        CrashPoints.each(Proof.CRASHES_BROADCAST, "broadcast sender", 0.1, this::senderDies);
    }

    private boolean senderDies(Random random, int accesses) {
        BroadcastHistory history = history(random);
        boolean died = false;
        history.faultInjector.crashAfter(accesses);
        try {
            send(history, random);
        } catch (SimulatedCrash e) {
            died = true;
        }
        history.faultInjector.disarm();
        history.newSender();
        history.settle(random);
        return died;
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        CrashPoints.each(Proof.CRASHES_BROADCAST, "broadcast receiver", 0.05, this::receiverDies);
    }

    private boolean receiverDies(Random random, int accesses) {
        BroadcastHistory history = history(random);
        Subscriber victim = any(history, random);
        boolean died = false;
        history.faultInjector.crashAfter(accesses);
        try {
            if (random.nextBoolean()) {
                victim.poll(1 + random.nextInt(20));
            } else {
                victim.join(BroadcastHistory.start(random));
            }
        } catch (SimulatedCrash e) {
            died = true;
        }
        history.faultInjector.disarm();
        if (died) {
            history.recover(victim.index);
            history.subscribers.remove(victim);
        }
        history.settle(random);
        return died;
    }

    @Test
    void theSenderMayRunWhileAReceiverStops() {
        CrashPoints.each(Proof.CRASHES_BROADCAST, "broadcast laps", 0.15, this::receiverStops);
    }

    private boolean receiverStops(Random random, int accesses) {
        BroadcastHistory history = history(random);
        Subscriber stopped = any(history, random);
        int bytes = random.nextInt(3 * BroadcastHistory.CAPACITY);
        history.busy = true;
        boolean[] happened = new boolean[1];
        history.faultInjector.pauseAfter(
                accesses,
                () -> {
                    happened[0] = true;
                    history.stream(random, bytes);
                });
        if (random.nextInt(3) > 0) {
            stopped.poll(1 + random.nextInt(20));
        } else {
            history.recover(stopped.index);
            stopped.join(BroadcastHistory.start(random));
        }
        history.faultInjector.disarm();
        history.busy = false;
        history.settle(random);
        return happened[0];
    }

    /** A history in which the sender opens the first gate before the receiver moves it. */
    @Test
    void aReceiverMayBeDemotedWhileItJoins() {
        assertTrue(receiverStops(new Random(4125), 6));
    }

    @Test
    void aReceiverMayJoinWhileTheSenderStops() {
        CrashPoints.each(Proof.CRASHES_BROADCAST, "broadcast joins", 0.2, this::senderStops);
    }

    private boolean senderStops(Random random, int accesses) {
        BroadcastHistory history = history(random);
        Subscriber joining = any(history, random);
        boolean joins = random.nextInt(4) > 0;
        history.recover(joining.index);
        history.subscribers.remove(joining);
        history.stream(random, random.nextInt(2 * BroadcastHistory.CAPACITY));
        history.busy = true;
        boolean[] happened = new boolean[1];
        history.faultInjector.pauseAfter(
                accesses,
                () -> {
                    happened[0] = true;
                    if (joins) {
                        joining.join(BroadcastHistory.start(random));
                        joining.poll(random.nextInt(3));
                        history.subscribers.add(joining);
                    } else if (!history.subscribers.isEmpty()) {
                        any(history, random).poll(1 + random.nextInt(20));
                    }
                });
        int bytes = random.nextInt(BroadcastHistory.CAPACITY);
        history.stream(random, bytes);
        history.faultInjector.disarm();
        history.busy = false;
        history.settle(random);
        return happened[0];
    }

    @Test
    void aSuccessorFindsTheNewestBoundary() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            BroadcastHistory history = history(random);
            history.newSender();
            long position = history.sender.position();
            history.newSender();
            assertTrue(position == history.sender.position());
            history.settle(random);
        }
    }
}
