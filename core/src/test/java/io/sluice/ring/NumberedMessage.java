package io.sluice.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Messages that carry their number in every byte. */
final class NumberedMessage {
    static final int MIN_LENGTH = 4;

    /** The longest claim that each lane of these tests can hold. */
    private static final int MAX_CLAIM = 300;

    private NumberedMessage() {}

    static byte[] of(int number, int extra) {
        byte[] message = new byte[MIN_LENGTH + extra];
        for (int i = 0; i < message.length; i++) {
            message[i] = expected(number, i);
        }
        return message;
    }

    /**
     * Sends a message through a claim, which is longer than the message and was written to beyond
     * its end; returns whether there was room.
     */
    static boolean sendShorter(LaneSender sender, int number, int extra, int unused) {
        byte[] message = of(number, extra);
        int claimed = Math.min(message.length + unused, MAX_CLAIM);
        long at = sender.tryClaim(claimed);
        if (at < 0) {
            return false;
        }
        MemorySegment room = sender.ring().bytes().asSlice(at, claimed).fill((byte) -1);
        MemorySegment.copy(message, 0, room, ValueLayout.JAVA_BYTE, 0, message.length);
        if (claimed > message.length) {
            sender.commitShorter(message.length);
        } else {
            sender.commit(message.length);
        }
        return true;
    }

    /**
     * Sends a batch of messages with consecutive numbers, some of them written in place. The source
     * of some fails first; returns whether there was room. If the extra length is odd, all have the
     * same length, and are added together where the ring can do that.
     *
     * @param room the room beyond what the messages take, in bytes
     */
    static boolean sendBatch(LaneSender sender, int number, int messages, int extra, int room) {
        int growth = extra % 2 == 0 ? 1 : 0;
        int length = 0;
        for (int i = 0; i < messages; i++) {
            length += sender.batchedLength(MIN_LENGTH + extra + growth * i);
        }
        if (!sender.tryBatch(length + room)) {
            return false;
        }
        int added = growth == 0 && ring(sender) != null ? messages : 0;
        if (added > 0) {
            addAll(ring(sender), number, messages / 2, extra);
            addAll(ring(sender), number + messages / 2, messages - messages / 2, extra);
        }
        for (int i = added; i < messages; i++) {
            byte[] message = of(number + i, extra + growth * i);
            if (i % 3 == 2) {
                fill(sender, (byte) -1, sender.addToBatch(message.length));
                sender.removeFromBatch();
            }
            if (i % 3 > 0 || !addWithinRoom(sender, message)) {
                long at = sender.addToBatch(message.length);
                MemorySegment.copy(
                        message,
                        0,
                        sender.ring().bytes(),
                        ValueLayout.JAVA_BYTE,
                        at,
                        message.length);
            }
        }
        sender.commitBatch();
        return true;
    }

    private static void fill(LaneSender sender, byte value, long at) {
        sender.ring().bytes().asSlice(at, MIN_LENGTH).fill(value);
    }

    private static boolean addWithinRoom(LaneSender sender, byte[] message) {
        SpscRingSender ring = ring(sender);
        return ring != null && ring.tryAddWithinRoom(message, 0, message.length);
    }

    private static SpscRingSender ring(LaneSender sender) {
        LaneSender ring =
                sender instanceof SegmentedRingSender segmented ? segmented.spscRing() : sender;
        return ring instanceof SpscRingSender spsc ? spsc : null;
    }

    private static void addAll(SpscRingSender ring, int number, int messages, int extra) {
        int length = MIN_LENGTH + extra;
        byte[] all = new byte[messages * length];
        for (int i = 0; i < messages; i++) {
            System.arraycopy(of(number + i, extra), 0, all, i * length, length);
        }
        if (!ring.tryAddAllWithinRoom(all, 0, length, messages)) {
            throw new AssertionError("no room for " + messages + " of " + length + " bytes");
        }
    }

    private static byte expected(int number, int i) {
        return (byte) (i < MIN_LENGTH ? number >>> 8 * i : number + i);
    }

    /** Returns the number of a message, and fails if it is torn. */
    static int read(MemorySegment memory, long offset, int length) {
        int number = 0;
        for (int i = 0; i < MIN_LENGTH; i++) {
            number |= (memory.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff) << 8 * i;
        }
        for (int i = MIN_LENGTH; i < length; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, offset + i) != expected(number, i)) {
                throw new AssertionError("message " + number + " is torn at byte " + i);
            }
        }
        return number;
    }
}
