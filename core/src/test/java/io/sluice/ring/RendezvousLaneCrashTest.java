package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Kills an end of a rendezvous lane before each of its accesses to shared memory in turn, or stops
 * it there while others go on. A message reported as received was received once, unless its
 * receiver died with it; one reported as retracted is never received; none is torn.
 */
class RendezvousLaneCrashTest {
    private static final int RECEIVERS = 3;

    /** A lane, its ends, and the outcome of each message. */
    private static final class RendezvousHistory {
        final Memory control = new HeapMemory(1024);
        final Memory ring = HeapMemory.mirrored(4096);
        final FaultInjector senderFaults = new FaultInjector();
        final FaultInjector[] receiverFaults = new FaultInjector[RECEIVERS];
        final RendezvousLaneReceiver[] receivers = new RendezvousLaneReceiver[RECEIVERS];
        final boolean[] busy = new boolean[RECEIVERS];
        final BitSet received = new BitSet();
        final BitSet told = new BitSet();
        final BitSet retracted = new BitSet();
        RendezvousLaneSender sender;
        boolean senderBusy;
        int offered = -1;
        int next;
        int deaths;

        RendezvousHistory(Random random) {
            long sequence = random.nextBoolean() ? 0 : (1L << 44) - random.nextInt(40);
            ring.setLong(0, SlotStateDescriptor.done(sequence));
            for (int i = 0; i < RECEIVERS; i++) {
                receiverFaults[i] = new FaultInjector();
                newReceiver(i);
            }
            newSender();
            for (int steps = random.nextInt(30); steps > 0; steps--) {
                act(random);
            }
        }

        void newReceiver(int i) {
            receivers[i] =
                    new RendezvousLaneReceiver(
                            new CrashableMemory(control, receiverFaults[i]),
                            new CrashableMemory(ring, receiverFaults[i]));
        }

        void newSender() {
            offered = -1;
            sender =
                    new RendezvousLaneSender(
                            new CrashableMemory(control, senderFaults),
                            new CrashableMemory(ring, senderFaults));
        }

        /** Runs one step of the sender: it offers, checks, or retracts. */
        void send(Random random) {
            senderBusy = true;
            try {
                if (offered < 0) {
                    byte[] message = NumberedMessage.of(next, random.nextInt(60));
                    if (sender.tryWrite(message, 0, message.length)) {
                        offered = next;
                    }
                    next++;
                } else if (random.nextInt(3) > 0) {
                    if (sender.isReceived()) {
                        over(told);
                    }
                } else {
                    over(sender.retract() ? retracted : told);
                }
            } finally {
                senderBusy = false;
            }
        }

        private void over(BitSet how) {
            how.set(offered);
            offered = -1;
        }

        void poll(int i) {
            busy[i] = true;
            try {
                receivers[i].poll(this::onMessage, 3);
            } catch (SimulatedCrash e) {
                deaths++;
                newReceiver(i);
            } finally {
                receiverFaults[i].disarm();
                busy[i] = false;
            }
        }

        private void onMessage(MemorySegment memory, long offset, int length) {
            int number = NumberedMessage.read(memory, offset, length);
            assertTrue(number < next, () -> number + " was never sent");
            assertFalse(received.get(number), () -> number + " came twice");
            assertFalse(retracted.get(number), () -> number + " was taken back");
            received.set(number);
        }

        void act(Random random) {
            int i = random.nextInt(RECEIVERS + 3);
            if (i < RECEIVERS) {
                if (!busy[i]) {
                    poll(i);
                }
            } else if (!senderBusy) {
                send(random);
            }
        }

        void finish(Random random) {
            senderFaults.disarm();
            for (int i = 0; i < 20; i++) {
                send(random);
                for (int r = 0; r < RECEIVERS; r++) {
                    poll(r);
                }
            }
            if (offered >= 0) {
                over(sender.retract() ? retracted : told);
            }
            assertFalse(received.intersects(retracted));
            BitSet lost = (BitSet) told.clone();
            lost.andNot(received);
            int dead = deaths;
            assertTrue(lost.cardinality() <= dead, () -> lost + " lost, " + dead + " deaths");
            assertTrue(told.cardinality() > 0);
            RendezvousLaneSender last = new RendezvousLaneSender(control, ring);
            assertEquals(0, receivers[0].poll(this::onMessage, 3));
            last.verify();
        }

        boolean resume(Random random) {
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                act(random);
            }
            return true;
        }
    }

    private interface Scenario {
        boolean run(RendezvousHistory world, Random random, int accesses);
    }

    private static void each(String what, double share, Scenario scenario) {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, " + what,
                share,
                (random, accesses) ->
                        scenario.run(new RendezvousHistory(random), random, accesses));
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        each(
                "sender dies",
                0.03,
                (world, random, accesses) -> {
                    boolean died = false;
                    world.senderFaults.crashAfter(accesses);
                    try {
                        for (int i = 0; i < 5; i++) {
                            world.send(random);
                            world.poll(i % RECEIVERS);
                        }
                    } catch (SimulatedCrash e) {
                        died = true;
                    }
                    world.senderFaults.disarm();
                    world.newSender();
                    world.finish(random);
                    return died;
                });
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        each(
                "receiver dies",
                0.03,
                (world, random, accesses) -> {
                    int before = world.deaths;
                    world.receiverFaults[0].crashAfter(accesses);
                    world.send(random);
                    world.poll(0);
                    boolean died = world.deaths > before;
                    world.finish(random);
                    return died;
                });
    }

    /** The successor of a dead sender, or the end that finds it dead, dies as well. */
    @Test
    void aRecoveringEndMayCrashBeforeAnyAccess() {
        each(
                "recoverer dies",
                0.02,
                (world, random, accesses) -> {
                    world.senderFaults.crashAfter(random.nextInt(8));
                    try {
                        world.send(random);
                        world.send(random);
                    } catch (SimulatedCrash e) {
                        // As intended.
                    }
                    FaultInjector faultInjector = new FaultInjector();
                    faultInjector.crashAfter(accesses);
                    boolean died = false;
                    try {
                        RendezvousLaneSender.recover(
                                new CrashableMemory(world.ring, faultInjector));
                        RendezvousLaneSender.recover(
                                new CrashableMemory(world.ring, faultInjector));
                        new RendezvousLaneSender(
                                new CrashableMemory(world.control, faultInjector),
                                new CrashableMemory(world.ring, faultInjector));
                    } catch (SimulatedCrash e) {
                        died = true;
                    }
                    world.poll(random.nextInt(RECEIVERS));
                    world.senderFaults.disarm();
                    world.newSender();
                    world.finish(random);
                    return died;
                });
    }

    @Test
    void aReceiverMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        each(
                "receiver stopped",
                0.05,
                (world, random, accesses) -> {
                    boolean[] stopped = new boolean[1];
                    world.receiverFaults[0].pauseAfter(
                            accesses, () -> stopped[0] = world.resume(random));
                    world.send(random);
                    world.poll(0);
                    world.finish(random);
                    return stopped[0];
                });
    }

    @Test
    void aSenderMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        each(
                "sender stopped",
                0.05,
                (world, random, accesses) -> {
                    boolean[] stopped = new boolean[1];
                    world.senderFaults.pauseAfter(
                            accesses, () -> stopped[0] = world.resume(random));
                    for (int i = 0; i < 4; i++) {
                        world.send(random);
                    }
                    world.finish(random);
                    return stopped[0];
                });
    }
}
