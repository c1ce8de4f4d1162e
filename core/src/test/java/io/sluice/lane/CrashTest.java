package io.sluice.lane;

import static io.sluice.lane.NumberedMessage.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.MessageHandler;
import io.sluice.Proof;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills an end before each of its accesses to shared memory in turn: in random histories, the end
 * is abandoned at every access of the next operation and another end takes over; no accepted
 * message may be lost, duplicated, torn or out of order.
 */
@Tag("minutes")
@ParameterizedClass
@EnumSource
class CrashTest {
    /** The kind of lane. */
    enum Kind {
        RING("", Wiring::exclusive),
        CHAIN("chain, ", Wiring::exclusiveChain);

        final String what;
        final Function<Random, Wiring> wiring;

        Kind(String what, Function<Random, Wiring> wiring) {
            this.what = what;
            this.wiring = wiring;
        }
    }

    @Parameter private Kind kind;

    /** A lane in some state, with the numbers of its messages. */
    private static final class World {
        final Fate fate = new Fate();
        private final Wiring wiring;
        LaneSender sender;
        LaneReceiver receiver;
        int sent;
        int received;

        World(Wiring wiring, Random random) {
            this.wiring = wiring;
            newSender();
            newReceiver();
            int steps = random.nextInt(60);
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(3) > 0) {
                    send(random.nextInt(200));
                } else {
                    receive(1 + random.nextInt(5));
                }
            }
        }

        void newSender() {
            sender = wiring.sender(fate);
        }

        void newReceiver() {
            wiring.recover(0, fate, true);
            receiver = wiring.receiver(0, fate);
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
            receiver.poll((m, at, length) -> numbers.add(read(m, at, length)), limit);
            return numbers;
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
        CrashPoints.each(Proof.CRASHES_RING, kind.what + "sender", 0.25, this::senderDies);
    }

    private boolean senderDies(Random random, int accesses) {
        World world = new World(kind.wiring.apply(random), random);
        int extra = random.nextInt(100);
        boolean died = false;
        world.fate.dieAfter(accesses);
        try {
            world.send(extra);
        } catch (Death e) {
            died = true; // Its successor must find everything that was accepted, and continue.
        }
        world.fate.live();
        world.newSender();
        world.drain();
        assertEquals(world.sent, world.received);
        for (int i = 0; i < 5; i++) {
            assertTrue(world.send(3 * i), "the successor sends");
        }
        world.drain();
        assertEquals(world.sent, world.received);
        return died;
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        CrashPoints.each(Proof.CRASHES_RING, kind.what + "receiver", 0.25, this::receiverDies);
    }

    private boolean receiverDies(Random random, int accesses) {
        World world = new World(kind.wiring.apply(random), random);
        int limit = 1 + random.nextInt(6);
        List<Integer> seen = new ArrayList<>();
        boolean died = false;
        world.fate.dieAfter(accesses);
        try {
            world.receiver.poll((m, at, length) -> seen.add(read(m, at, length)), limit);
        } catch (Death e) {
            died = true; // What it had not released is redelivered, from the first of its batch.
        }
        world.fate.live();
        int before = world.received;
        for (int i = 0; i < seen.size(); i++) {
            assertEquals(before + i, seen.get(i), "out of order");
        }
        world.newReceiver();
        List<Integer> rest = new ArrayList<>();
        List<Integer> batch;
        while (!(batch = world.take(100)).isEmpty()) {
            rest.addAll(batch);
        }
        int first = rest.isEmpty() ? world.sent : rest.get(0);
        assertTrue(
                first >= before && first <= before + seen.size(),
                () -> "lost: received up to " + seen + ", then from " + first);
        for (int i = 0; i < rest.size(); i++) {
            assertEquals(first + i, rest.get(i), "out of order");
        }
        assertEquals(world.sent, first + rest.size(), "lost at the end");
        return died;
    }

    @Test
    void eachMessageIsMarkedAsOftenAsItWasHandedOut() {
        CrashPoints.each(Proof.CRASHES_RING, kind.what + "receivers", 0.1, this::receiversDie);
    }

    /** The first receiver dies at the given access; later ones die anywhere or not at all. */
    private boolean receiversDie(Random random, int accesses) {
        World world = new World(kind.wiring.apply(random), random);
        int[] handedOut = new int[world.sent + 1];
        int[] perhaps = new int[world.sent + 1]; // Recorded as handed out, not seen by a handler.
        int[] next = {-1}; // After this receiver's last message; -1 if none.
        int[] perhapsFirst = {0};
        MessageHandler handler =
                (memory, at, length) -> {
                    int number = read(memory, at, length);
                    int attempt = world.receiver.attempt();
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
            world.fate.dieAfter(death == 0 ? accesses : random.nextInt(80));
            next[0] = -1;
            try {
                for (int polls = random.nextInt(4); polls >= 0; polls--) {
                    world.receiver.poll(handler, 1 + random.nextInt(6));
                }
            } catch (Death e) {
                died |= death == 0;
                if (next[0] < 0) {
                    perhapsFirst[0]++;
                } else {
                    perhaps[next[0]]++;
                }
            }
            world.fate.live();
            world.newReceiver();
        }
        while (world.receiver.poll(handler, 100) > 0) {}
        for (int number = world.received; number < world.sent; number++) {
            assertTrue(handedOut[number] > 0, "lost: " + number);
        }
        return died;
    }
}
