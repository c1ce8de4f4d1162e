package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Kills an end before each of its accesses to shared memory in turn: for random histories, and for
 * every access of the next operation, the end is abandoned there, another takes its place, and
 * nothing that was accepted may be lost, doubled, torn or out of order.
 */
class CrashTest {
    private static final int CAPACITY = 4096;
    private static final int HISTORIES = 4_000;

    /** What an end that died does: nothing more. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super(null, null, false, false);
        }
    }

    /** Memory whose user dies before the access after so many. */
    private static final class Mortal implements Memory {
        private final Memory memory;
        private final int[] left;

        Mortal(Memory memory, int[] left) {
            this.memory = memory;
            this.left = left;
        }

        private Memory access() {
            if (left[0] <= 0) { // The dead run no "finally" either.
                throw new Death();
            }
            left[0]--;
            return memory;
        }

        @Override
        public long size() {
            return memory.size();
        }

        @Override
        public long getLong(long offset) {
            return access().getLong(offset);
        }

        @Override
        public long getLongAcquire(long offset) {
            return access().getLongAcquire(offset);
        }

        @Override
        public void setLong(long offset, long value) {
            access().setLong(offset, value);
        }

        @Override
        public void setLongRelease(long offset, long value) {
            access().setLongRelease(offset, value);
        }

        @Override
        public boolean compareAndSetLong(long offset, long expected, long value) {
            return access().compareAndSetLong(offset, expected, value);
        }

        @Override
        public void write(long offset, byte[] source, int sourceOffset, int length) {
            write(offset, MemorySegment.ofArray(source), sourceOffset, length);
        }

        /** Byte by byte, so that a payload may be cut anywhere. */
        @Override
        public void write(long offset, MemorySegment source, long sourceOffset, int length) {
            for (int i = 0; i < length; i += 8) {
                access().write(offset + i, source, sourceOffset + i, Math.min(8, length - i));
            }
        }

        @Override
        public MemorySegment bytes() {
            return memory.bytes();
        }

        @Override
        public void beforeRead(long offset, long length) {
            access().beforeRead(offset, length);
        }

        @Override
        public void afterWrite(long offset, long length) {
            access().afterWrite(offset, length);
        }
    }

    /** A lane in some state, with the numbers of the messages that are in it. */
    private static final class World {
        final Memory control = new HeapMemory(4096);
        final Memory ring = HeapMemory.mirrored(CAPACITY);
        final int[] left = {Integer.MAX_VALUE};
        ExclusiveLaneSender sender;
        ExclusiveLaneReceiver receiver;
        int sent;
        int received;

        World(long seed) {
            control.setLong(
                    LaneDescriptor.RECEIVER_POSITION_OFFSET,
                    (new Random(seed).nextLong() >>> 20) & -8);
            Random random = new Random(seed);
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
            sender = new ExclusiveLaneSender(new Mortal(control, left), new Mortal(ring, left));
        }

        void newReceiver() {
            receiver = new ExclusiveLaneReceiver(new Mortal(control, left), new Mortal(ring, left));
        }

        boolean send(int extra) {
            byte[] message = message(sent, extra);
            if (sender.tryWrite(message, 0, message.length)) {
                sent++;
                return true;
            }
            return false;
        }

        List<Integer> take(int limit) {
            List<Integer> numbers = new ArrayList<>();
            receiver.poll((m, offset, length) -> numbers.add(number(m, offset, length)), limit);
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

    private static byte[] message(int number, int extra) {
        byte[] message = new byte[4 + extra];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (i < 4 ? number >>> 8 * i : number + i);
        }
        return message;
    }

    private static int number(MemorySegment memory, long offset, int length) {
        byte[] message =
                memory.asSlice(offset, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int number = 0;
        for (int i = 0; i < 4; i++) {
            number |= (message[i] & 0xff) << 8 * i;
        }
        for (int i = 4; i < length; i++) {
            assertEquals((byte) (number + i), message[i], "torn message " + number);
        }
        return number;
    }

    @Test
    void aSenderMayDieBeforeAnyAccess() {
        int points = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            int extra = new Random(seed).nextInt(100);
            boolean done = false;
            for (int k = 0; !done; k++, points++) {
                World world = new World(seed);
                world.left[0] = k;
                try {
                    world.send(extra);
                    done = true;
                } catch (Death e) {
                    // Its successor must find everything that was accepted, and go on.
                }
                world.left[0] = Integer.MAX_VALUE;
                world.newSender();
                world.drain();
                assertEquals(world.sent, world.received, "seed " + seed + ", access " + k);
                for (int i = 0; i < 5; i++) {
                    assertTrue(world.send(3 * i), "the successor sends");
                }
                world.drain();
                assertEquals(world.sent, world.received, "seed " + seed + ", access " + k);
            }
        }
        assertTrue(points > 10 * HISTORIES, "only " + points + " crash points");
        System.out.println("sender: " + points + " crash points, nothing lost, doubled or torn");
    }

    @Test
    void aReceiverMayDieBeforeAnyAccess() {
        int points = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            boolean done = false;
            for (int k = 0; !done; k++, points++) {
                World world = new World(seed);
                world.left[0] = k;
                int limit = 1 + new Random(seed).nextInt(6);
                List<Integer> seen = new ArrayList<>();
                try {
                    world.receiver.poll(
                            (m, offset, length) -> seen.add(number(m, offset, length)), limit);
                    done = true;
                } catch (Death e) {
                    // What it had not given back comes again, from the first of its batch.
                }
                world.left[0] = Integer.MAX_VALUE;
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
            }
        }
        System.out.println("receiver: " + points + " crash points, nothing lost or torn");
    }
}
