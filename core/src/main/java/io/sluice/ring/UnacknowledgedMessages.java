package io.sluice.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The messages that one receiving end has handed out and that were not acknowledged yet: an entry
 * for each, found by its delivery tag. (The delivery tag is AMQP's.)
 *
 * <p>A tag is the number of the entry, the number of its uses, and a number of the end. So a tag
 * that was acknowledged, or is another end's, is recognized, although entries are used again: at
 * most as many exist as messages were unacknowledged at once.
 *
 * <pre>
 *   63 | 62 ..... 52 | 51 ........ 24 | 23 ..... 0
 *   0  | end         | use            | entry
 * </pre>
 *
 * <p>Invariants: the tag of an entry is changed from the tag of its message by one compare-and-set,
 * of the thread that acknowledges the message or of the one that closes the end; while an
 * acknowledgement is under way the entry is busy, and a close waits for it. So each message is
 * acknowledged, or given back by the close, and never both. Free entries are in a stack that many
 * threads push to, and that the receiver empties as a whole, so that no entry is in it twice.
 *
 * <p>Adding: the receiver's thread. Acknowledging: any thread, lock-free. Closing: the thread that
 * makes the end leave; blocks only for acknowledgements under way. Allocates only if more messages
 * are unacknowledged than ever before.
 */
final class UnacknowledgedMessages {
    /** The bits of the number of an entry. */
    private static final int ENTRY_BITS = 24;

    /** The bits of the number of its uses. */
    private static final int USE_BITS = 28;

    private static final int END_SHIFT = ENTRY_BITS + USE_BITS;
    private static final int ENDS = (1 << Long.SIZE - 1 - END_SHIFT) - 1;

    /** The largest number of messages at once. */
    static final int MAX_COUNT = 1 << ENTRY_BITS;

    private static final long FREE = 0;
    private static final long BUSY = -1;
    private static final long CLOSED = -2;

    private static final AtomicInteger NEXT_END = new AtomicInteger();
    private static final VarHandle TAG;
    private static final VarHandle FREED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TAG = lookup.findVarHandle(TaggedMessage.class, "tag", long.class);
            FREED =
                    lookup.findVarHandle(
                            UnacknowledgedMessages.class, "freed", TaggedMessage.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A message, or none if the tag says that the entry is free. */
    private static final class TaggedMessage {
        private final int number;
        private long tag; // By TAG only.
        private long uses; // The receiver's thread only, as the next two while the entry is free.
        private Acknowledgeable message;
        private long handle;
        private TaggedMessage next; // In the stack of free entries.

        private TaggedMessage(int number) {
            this.number = number;
        }
    }

    private final int maxCount;
    private final long end = 1 + Math.floorMod(NEXT_END.getAndIncrement(), ENDS);

    /**
     * By number; null where there is none yet. Replaced by a longer array with the same entries.
     */
    private volatile TaggedMessage[] entries = {};

    private volatile boolean closed;

    @SuppressWarnings("unused") // By FREED only.
    private TaggedMessage freed;

    private TaggedMessage free; // The receiver's thread only.
    private int made; // The number of entries.

    /** Creates a table for up to {@link #MAX_COUNT} messages. */
    UnacknowledgedMessages() {
        this(MAX_COUNT);
    }

    /** Creates a table for fewer messages, for tests. */
    UnacknowledgedMessages(int maxCount) {
        this.maxCount = maxCount;
    }

    /**
     * Returns how many of some messages can be added now. The receiver's thread.
     *
     * @throws IllegalStateException if none can, and any are wanted
     */
    int room(int wanted) {
        if (wanted <= maxCount - made) {
            return wanted;
        }
        int room = maxCount - count();
        if (room <= 0) {
            throw full();
        }
        return Math.min(wanted, room);
    }

    private IllegalStateException full() {
        return new IllegalStateException(
                maxCount
                        + " messages are not acknowledged, the most of one receiver: acknowledge"
                        + " some");
    }

    /**
     * Adds a message that is handed out now.
     *
     * @param message what releases it
     * @param handle what that needs for it
     * @return its delivery tag, which is greater than 0
     * @throws IllegalStateException if there was no {@link #room}
     */
    long add(Acknowledgeable message, long handle) {
        TaggedMessage entry = free;
        if (entry == null) {
            // edge ACKNOWLEDGED, from UnacknowledgedMessages.release
            entry = (TaggedMessage) FREED.getAndSet(this, null);
            if (entry == null) {
                entry = makeEntry();
            }
        }
        free = entry.next;
        entry.message = message;
        entry.handle = handle;
        entry.uses = entry.uses + 1 & (1L << USE_BITS) - 1;
        long tag = end << END_SHIFT | entry.uses << ENTRY_BITS | entry.number;
        // edge UNACKNOWLEDGED, to UnacknowledgedMessages.acknowledge, UnacknowledgedMessages.close
        TAG.setRelease(entry, tag);
        return tag;
    }

    private TaggedMessage makeEntry() {
        if (made == maxCount) {
            throw full();
        }
        TaggedMessage[] present = entries;
        if (made == present.length) {
            entries = present = Arrays.copyOf(present, Math.max(64, 2 * made));
        }
        TaggedMessage entry = new TaggedMessage(made);
        present[made++] = entry; // Visible with the tag.
        return entry;
    }

    /**
     * Releases a message.
     *
     * @param tag its delivery tag
     * @throws IllegalArgumentException if the tag is not one of this end
     * @throws IllegalStateException if the message was acknowledged before, or the end is closed
     * @throws io.sluice.ChannelCorruptedException if a peer has changed what belongs to this end
     */
    void acknowledge(long tag) {
        TaggedMessage[] present = entries;
        int number = (int) tag & MAX_COUNT - 1;
        if (tag >>> END_SHIFT != end || number >= present.length || present[number] == null) {
            throw new IllegalArgumentException(
                    "the delivery tag " + tag + " is not one of this receiver");
        }
        TaggedMessage entry = present[number];
        // edge UNACKNOWLEDGED, from UnacknowledgedMessages.add
        if (!TAG.compareAndSet(entry, tag, BUSY)) {
            throw new IllegalStateException(
                    closed
                            ? "this receiver is closed: what was not acknowledged is received again"
                            : "the message with the delivery tag "
                                    + tag
                                    + " was acknowledged before");
        }
        try {
            entry.message.acknowledge(entry.handle);
        } finally {
            release(entry);
        }
    }

    private void release(TaggedMessage entry) {
        // edge ACKNOWLEDGED, to UnacknowledgedMessages.close, UnacknowledgedMessages.isEmpty
        TAG.setRelease(entry, FREE);
        TaggedMessage first;
        do {
            first = (TaggedMessage) FREED.getOpaque(this);
            entry.next = first;
            // edge ACKNOWLEDGED, to UnacknowledgedMessages.add
        } while (!FREED.weakCompareAndSetRelease(this, first, entry));
    }

    /**
     * Ends all acknowledgements: later ones fail. The receiver's thread adds nothing any more.
     *
     * @return whether messages were unacknowledged
     */
    boolean close() {
        closed = true;
        boolean any = false;
        for (TaggedMessage entry : entries) {
            while (entry != null) {
                // edge UNACKNOWLEDGED, from UnacknowledgedMessages.add
                // edge ACKNOWLEDGED, from UnacknowledgedMessages.release
                long tag = (long) TAG.getAcquire(entry);
                if (tag == BUSY) {
                    Thread.yield();
                } else if (TAG.compareAndSet(entry, tag, CLOSED)) {
                    any |= tag > FREE;
                    break;
                }
            }
        }
        return any;
    }

    /**
     * Tests whether there is no message, and no acknowledgement is under way. The receiver's
     * thread.
     */
    boolean isEmpty() {
        for (TaggedMessage entry : entries) {
            if (entry != null) {
                // edge ACKNOWLEDGED, from UnacknowledgedMessages.release
                long tag = (long) TAG.getAcquire(entry);
                if (tag > FREE || tag == BUSY) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns the number of messages that are not acknowledged; a snapshot. Any thread. */
    int count() {
        int count = 0;
        for (TaggedMessage entry : entries) {
            // No edge: the result is for monitoring only.
            if (entry != null && (long) TAG.getOpaque(entry) > FREE) {
                count++;
            }
        }
        return count;
    }
}
