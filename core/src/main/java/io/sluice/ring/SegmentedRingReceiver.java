package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.SENDER_EVENT_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.wait.FutexEvent;

/**
 * The receiving side of a segmented lane: see {@link SegmentedRingSender}. Receives from the oldest
 * ring that holds messages, and moves to the next once one is sealed and empty. The last receiver
 * to leave a ring retires it; a receiver that reaches the newest ring frees most of the retired
 * space.
 *
 * <p>Receivers that share the lane may be in different rings. One that finds no more messages in a
 * ring moves on, although others may not have finished with messages of that ring. Until they have,
 * it polls the older ring again: if one of them dies, its messages become ready again. A ring may
 * be retired, and even reused, while a receiver reads it. This is safe: a receiver takes a message
 * only if it has seen the ring in the list after it saw the message.
 *
 * <p>Guarantee: lock-free, except for the system calls that map a ring. One thread at a time.
 */
final class SegmentedRingReceiver implements LaneReceiver {
    /**
     * The number of retired segments that keep their space for the sender when the list is one
     * ring.
     */
    static final int SPARE = 2;

    /** How many tables of words to look at for the list: for seven stops in one search. */
    private static final int MAX_TABLES = 16;

    private final SegmentTable table;
    private final SegmentStore store;
    private final RingFlavor flavor;
    private final int owner;
    private final FutexEvent senderEvent;
    private final SegmentCache cache;
    private final Cursor cursor = new Cursor();
    private RingReceiver current;
    private RingReceiver last; // The source of the last message.
    private long currentGeneration; // The generation of the current ring.
    private long oldest; // All earlier generations are retired.
    private boolean leftRing; // A ring was left since space was last freed.

    /**
     * Creates a receiver.
     *
     * @param owner the receiver's number
     * @throws ChannelCorruptedException if the table is in a state that no sender leaves
     */
    SegmentedRingReceiver(
            Memory control, Memory words, SegmentStore store, RingFlavor flavor, int owner) {
        this.table = new SegmentTable(words, store.slots());
        this.store = store;
        this.flavor = flavor;
        this.owner = owner;
        this.senderEvent = new FutexEvent(control, SENDER_EVENT_OFFSET);
        this.cache = new SegmentCache(table, store, flavor, owner, control);
        this.leftRing = true;
        this.currentGeneration = 0;
        this.oldest = Math.max(1, firstCoexisting(table.newest()));
        advanceTo(oldest);
        this.last = current;
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int count = poll(current, currentGeneration, handler, limit, longest);
        // With limit 0, or after a stop, a count of 0 says nothing about the ring.
        if (count == 0 && limit > 0 && !ControlledBatch.isStopped(handler)) {
            count = pollNewer(handler, limit, longest);
        }
        if (count > 0) {
            cursor.position += count;
        }
        return count;
    }

    /** Polls one ring. An SPMC ring that is no longer in the list may hold anything. */
    private int poll(
            RingReceiver ring, long generation, MessageHandler handler, int limit, int longest) {
        last = ring;
        long before = ring.position();
        try {
            return ControlledBatch.poll(ring, handler, limit, longest);
        } catch (ChannelCorruptedException e) {
            if (!flavor.isShared() || table.isLive(generation)) {
                throw e;
            }
            return (int) (ring.position() - before); // The ring counts what it has received.
        }
    }

    private int pollNewer(MessageHandler handler, int limit, int longest) {
        boolean moved = false;
        for (int turns = 0; turns < table.entries(); turns++) {
            boolean sealed =
                    table.isLinked(
                            currentGeneration + 1); // Before the poll: nothing is sent after it.
            int count =
                    sealed || moved ? poll(current, currentGeneration, handler, limit, longest) : 0;
            if (!sealed) {
                freeRetired(); // Not only when the ring is empty: a stream may never drain it.
            }
            if (count > 0 || ControlledBatch.isStopped(handler)) {
                return count;
            }
            if (!sealed) {
                return pollOlder(handler, limit, longest);
            }
            advance();
            moved = true;
        }
        return 0; // Nothing in a whole table of rings: the next call continues.
    }

    /** Returns the lowest generation that can be in the list together with the given one. */
    private long firstCoexisting(long generation) {
        return generation - table.entries() + 1;
    }

    /** Polls older rings for messages that other receivers had taken before they died. */
    private int pollOlder(MessageHandler handler, int limit, int longest) {
        oldest = Math.max(oldest, firstCoexisting(currentGeneration));
        for (long generation = oldest; generation < currentGeneration; generation++) {
            RingReceiver older = olderReceiver(generation);
            int count = older == null ? 0 : poll(older, generation, handler, limit, longest);
            if (count > 0 || ControlledBatch.isStopped(handler)) {
                return count;
            }
        }
        return 0;
    }

    /**
     * Returns an older ring that is still in the list; null if it is not, or if this call retires
     * it.
     */
    private RingReceiver olderReceiver(long generation) {
        long word = table.word(generation);
        RingReceiver left =
                SegmentTable.isLive(word, generation) && !retire(word, generation)
                        ? cache.receiver(generation)
                        : null;
        if (left == null && generation == oldest) {
            oldest++;
        }
        return left;
    }

    /** Leaves a ring that is sealed and holds no more messages for this receiver. */
    private void advance() {
        long left = currentGeneration;
        long word = table.word(left);
        advanceTo(left + 1); // First: if the next ring cannot be mapped, this end does not move.
        if (SegmentTable.isLive(word, left)) {
            retire(word, left);
        }
        leftRing = true;
    }

    /**
     * Moves to a generation that was linked, or to the first one after it that is in the list. At
     * most as many generations as the table has entries are in the list at once. If this thread is
     * stopped and the sender goes on meanwhile, the search takes at most two more tables: a
     * generation that is gone leads to less than two tables before the newest.
     */
    private void advanceTo(long generation) {
        long next = generation;
        RingReceiver receiver = cache.pin(next);
        for (int tries = 0; receiver == null; tries++) {
            if (!table.isLinked(next) || tries == MAX_TABLES * table.entries()) {
                throw new ChannelCorruptedException(
                        "no segment in the list from generation " + generation + " on");
            }
            next = Math.max(next + 1, firstCoexisting(table.generation(next)));
            receiver = cache.pin(next);
        }
        if (currentGeneration > 0
                && !flavor.isShared()
                && receiver.position() != current.position()) {
            throw new ChannelCorruptedException(
                    String.format(
                            "the ring of generation %d begins at position %d; expected %d",
                            next, receiver.position(), current.position()));
        }
        current = receiver;
        currentGeneration = next;
    }

    /** Retires a ring that is sealed, if all of it was received. */
    private boolean retire(long word, long generation) {
        if (flavor.isShared() && !cache.isReceived(generation)) {
            return false;
        }
        if (table.retire(word)) {
            senderEvent.notifyOne();
        }
        return true;
    }

    /** Frees most of the retired space, once the backlog has been received. */
    private void freeRetired() {
        if (!leftRing) {
            return;
        }
        leftRing = false;
        int spare = 0;
        for (long generation = currentGeneration - 1;
                generation > currentGeneration - table.entries();
                generation--) {
            long word = table.word(generation);
            if (SegmentWordDescriptor.generation(word) == generation
                    && SegmentWordDescriptor.state(word) == SegmentWordDescriptor.DONE
                    && ++spare > SPARE) {
                table.free(word, owner, store);
            }
        }
    }

    @Override
    public boolean hasNext() {
        for (int turns = 0; turns < table.entries(); turns++) {
            boolean sealed = table.isLinked(currentGeneration + 1);
            if (hasNext(current, currentGeneration)) {
                return true;
            }
            if (!sealed) {
                return hasOlder();
            }
            advance();
        }
        return true; // All rings examined were sealed, so newer ones exist.
    }

    private boolean hasNext(RingReceiver ring, long generation) {
        try {
            return ring.hasNext();
        } catch (ChannelCorruptedException e) {
            if (table.isLive(generation)) {
                throw e;
            }
            return false;
        }
    }

    private boolean hasOlder() {
        oldest = Math.max(oldest, firstCoexisting(currentGeneration));
        for (long generation = oldest; generation < currentGeneration; generation++) {
            RingReceiver older = olderReceiver(generation);
            if (older != null && hasNext(older, generation)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long peekLong() {
        for (int turns = 0; turns < table.entries(); turns++) {
            boolean sealed = table.isLinked(currentGeneration + 1);
            long next = current.peekLong();
            if (next != NO_MESSAGE) {
                return next;
            }
            if (!sealed) {
                freeRetired();
                return next;
            }
            advance();
        }
        return NO_MESSAGE;
    }

    @Override
    public int deliveryAttempt() {
        return last.deliveryAttempt();
    }

    /** Counts those of the current ring: a batch is of one ring. */
    @Override
    public int redeliveredMessages() {
        return current.redeliveredMessages();
    }

    @Override
    public int nextAttempt() {
        return current.nextAttempt();
    }

    @Override
    public long position() {
        return cursor.position;
    }

    @Override
    public void verify() {
        try {
            current.verify();
        } catch (ChannelCorruptedException e) {
            if (table.isLive(currentGeneration)) {
                throw e;
            }
        }
        if (flavor.isShared()) {
            hasOlder();
        }
    }
}
