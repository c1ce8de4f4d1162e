package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Kills an end of a rendezvous lane before each of its accesses to shared memory in turn, or stops
 * it there while others go on. A message reported as received was received once, unless its
 * receiver died with it; one reported as retracted is never received; none is torn.
 */
@Tag("minutes")
class RendezvousLaneCrashTest {
    private static final int RECEIVERS = 3;

    /** A lane, its ends, and the outcome of each message. */
    private static final class World {
        final Memory control = new HeapMemory(1024);
        final Memory ring = HeapMemory.mirrored(4096);
        final Fate senderFate = new Fate();
        final Fate[] fates = new Fate[RECEIVERS];
        final RendezvousLaneReceiver[] receivers = new RendezvousLaneReceiver[RECEIVERS];
        final boolean[] busy = new boolean[RECEIVERS];
        final BitSet received = new BitSet();
        final BitSet told = new BitSet();
        final BitSet takenBack = new BitSet();
        RendezvousLaneSender sender;
        boolean senderBusy;
        int offered = -1;
        int next;
        int deaths;

        World(Random random) {
            long sequence = random.nextBoolean() ? 0 : (1L << 44) - random.nextInt(40);
            ring.setLong(0, ClaimWordDescriptor.done(sequence));
            for (int i = 0; i < RECEIVERS; i++) {
                fates[i] = new Fate();
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
                            new Mortal(control, fates[i]), new Mortal(ring, fates[i]));
        }

        void newSender() {
            offered = -1;
            sender =
                    new RendezvousLaneSender(
                            new Mortal(control, senderFate), new Mortal(ring, senderFate));
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
                    over(sender.retract() ? takenBack : told);
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
            } catch (Death e) {
                deaths++;
                newReceiver(i);
            } finally {
                fates[i].live();
                busy[i] = false;
            }
        }

        private void onMessage(MemorySegment memory, long offset, int length) {
            int number = NumberedMessage.read(memory, offset, length);
            assertTrue(number < next, () -> number + " was never sent");
            assertFalse(received.get(number), () -> number + " came twice");
            assertFalse(takenBack.get(number), () -> number + " was taken back");
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
            senderFate.live();
            for (int i = 0; i < 20; i++) {
                send(random);
                for (int r = 0; r < RECEIVERS; r++) {
                    poll(r);
                }
            }
            if (offered >= 0) {
                over(sender.retract() ? takenBack : told);
            }
            assertFalse(received.intersects(takenBack));
            BitSet lost = (BitSet) told.clone();
            lost.andNot(received);
            int dead = deaths;
            assertTrue(lost.cardinality() <= dead, () -> lost + " lost, " + dead + " deaths");
            assertTrue(told.cardinality() > 0);
            RendezvousLaneSender last = new RendezvousLaneSender(control, ring);
            assertEquals(0, receivers[0].poll(this::onMessage, 3));
            last.verify();
        }

        boolean goOn(Random random) {
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                act(random);
            }
            return true;
        }
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, sender dies",
                0.03,
                (random, accesses) -> {
                    World world = new World(random);
                    boolean died = false;
                    world.senderFate.dieAfter(accesses);
                    try {
                        for (int i = 0; i < 5; i++) {
                            world.send(random);
                            world.poll(i % RECEIVERS);
                        }
                    } catch (Death e) {
                        died = true;
                    }
                    world.senderFate.live();
                    world.newSender();
                    world.finish(random);
                    return died;
                });
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, receiver dies",
                0.03,
                (random, accesses) -> {
                    World world = new World(random);
                    int before = world.deaths;
                    world.fates[0].dieAfter(accesses);
                    world.send(random);
                    world.poll(0);
                    boolean died = world.deaths > before;
                    world.finish(random);
                    return died;
                });
    }

    /** The successor of a dead sender, or the end that finds it dead, dies as well. */
    @Test
    void whoRecoversMayDieBeforeAnyAccess() {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, recoverer dies",
                0.02,
                (random, accesses) -> {
                    World world = new World(random);
                    world.senderFate.dieAfter(random.nextInt(8));
                    try {
                        world.send(random);
                        world.send(random);
                    } catch (Death e) {
                        // As intended.
                    }
                    Fate fate = new Fate();
                    fate.dieAfter(accesses);
                    boolean died = false;
                    try {
                        RendezvousLaneSender.recover(new Mortal(world.ring, fate));
                        RendezvousLaneSender.recover(new Mortal(world.ring, fate));
                        new RendezvousLaneSender(
                                new Mortal(world.control, fate), new Mortal(world.ring, fate));
                    } catch (Death e) {
                        died = true;
                    }
                    world.poll(random.nextInt(RECEIVERS));
                    world.senderFate.live();
                    world.newSender();
                    world.finish(random);
                    return died;
                });
    }

    @Test
    void aReceiverMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, receiver stopped",
                0.05,
                (random, accesses) -> {
                    World world = new World(random);
                    boolean[] stopped = new boolean[1];
                    world.fates[0].pauseAfter(accesses, () -> stopped[0] = world.goOn(random));
                    world.send(random);
                    world.poll(0);
                    world.finish(random);
                    return stopped[0];
                });
    }

    @Test
    void aSenderMayBeStoppedBeforeAnyAccessWhileOthersGoOn() {
        CrashPoints.each(
                Proof.CRASHES_RENDEZVOUS,
                "rendezvous, sender stopped",
                0.05,
                (random, accesses) -> {
                    World world = new World(random);
                    boolean[] stopped = new boolean[1];
                    world.senderFate.pauseAfter(accesses, () -> stopped[0] = world.goOn(random));
                    for (int i = 0; i < 4; i++) {
                        world.send(random);
                    }
                    world.finish(random);
                    return stopped[0];
                });
    }
}
