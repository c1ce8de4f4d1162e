package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.SENDER_BELL_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;

/**
 * The receiving side of a lane that grows: see {@link ChainSender}. Receives from the oldest ring
 * that has something, and goes on to the next once one is sealed and empty. The last to leave a
 * ring retires it; with the newest reached, most of the space that is retired is given back.
 *
 * <p>Receivers that share the lane may be in different rings. One that finds nothing more in a ring
 * goes on, though others may still have messages of it; as long as they have, it looks there again:
 * should one of them die they are ready again. A ring that is retired under its hands, and perhaps
 * used again, does it no harm: it takes no message without having seen the ring in the chain after
 * it saw the message.
 *
 * <p>Guarantee: lock-free, but for the system calls that map a ring. One thread at a time.
 */
public final class ChainReceiver implements PeekingReceiver {
    /** How much retired space is left to the sender, in segments, when the chain is one ring. */
    static final int SPARE = 2;

    /** How many tables of words to look at for the chain: for seven stops in one search. */
    private static final int MAX_TABLES = 16;

    private final SegmentTable table;
    private final SegmentStore store;
    private final RingKind kind;
    private final int owner;
    private final Bell senderBell;
    private final ReceiverSlots slots;
    private final EndState state = new EndState();
    private RingReceiver current;
    private RingReceiver last; // Where the last message came from.
    private long at; // The generation of the current ring.
    private long oldest; // All before it are retired.
    private boolean movedOn; // Since space was given back.

    /**
     * A receiver.
     *
     * @param control the lane's control words
     * @param words the words of its segment table
     * @param store its slots
     * @param kind what its rings are
     * @param owner the receiver's number
     * @throws ChannelCorruptedException if no sender left it so
     */
    public ChainReceiver(
            Memory control, Memory words, SegmentStore store, RingKind kind, int owner) {
        this.table = new SegmentTable(words, store.slots());
        this.store = store;
        this.kind = kind;
        this.owner = owner;
        this.senderBell = new Bell(control, SENDER_BELL_OFFSET);
        this.slots = new ReceiverSlots(table, store, kind);
        this.movedOn = true;
        this.at = 0;
        this.oldest = Math.max(1, firstOf(table.newest()));
        moveTo(oldest);
        this.last = current;
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int count = poll(current, at, handler, limit, longest);
        if (count == 0 && limit > 0) { // To find none of none says nothing of a ring.
            count = pollFurther(handler, limit, longest);
        }
        if (count > 0) {
            state.position(state.position() + count);
        }
        return count;
    }

    /** A ring that is not in the chain any more may hold anything. */
    private int poll(
            RingReceiver ring, long generation, MessageHandler handler, int limit, int longest) {
        last = ring;
        long before = ring.position();
        try {
            return ring.poll(handler, limit, longest);
        } catch (ChannelCorruptedException e) {
            if (!kind.isShared() || table.isLive(generation)) {
                throw e;
            }
            return (int) (ring.position() - before); // It counts what it has received.
        }
    }

    private int pollFurther(MessageHandler handler, int limit, int longest) {
        boolean moved = false;
        for (int turns = 0; turns < table.entries(); turns++) {
            boolean sealed = table.isLinked(at + 1); // Before the look: nothing comes after that.
            int count = sealed || moved ? poll(current, at, handler, limit, longest) : 0;
            if (!sealed) {
                giveBack(); // Here, not when it is empty: a stream may never be.
            }
            if (count > 0) {
                return count;
            }
            if (!sealed) {
                return pollOlder(handler, limit, longest);
            }
            moveOn();
            moved = true;
        }
        return 0; // A whole table of rings with nothing for this end: the next call goes on.
    }

    /** The first generation that can be in the chain together with another one. */
    private long firstOf(long generation) {
        return generation - table.entries() + 1;
    }

    /** What others had taken before they died. */
    private int pollOlder(MessageHandler handler, int limit, int longest) {
        oldest = Math.max(oldest, firstOf(at));
        for (long generation = oldest; generation < at; generation++) {
            RingReceiver older = left(generation);
            int count = older == null ? 0 : poll(older, generation, handler, limit, longest);
            if (count > 0) {
                return count;
            }
        }
        return 0;
    }

    /** An older ring that is still in the chain; null if it is not, or is retired now. */
    private RingReceiver left(long generation) {
        long word = table.word(generation);
        RingReceiver left =
                SegmentTable.isLive(word, generation) && !retire(word, generation)
                        ? slots.receiver(generation)
                        : null;
        if (left == null && generation == oldest) {
            oldest++;
        }
        return left;
    }

    /** Leaves a ring that is sealed, and has nothing more for this receiver. */
    private void moveOn() {
        long left = at;
        long word = table.word(left);
        moveTo(left + 1); // First: if it cannot be mapped now, this end stays where it is.
        if (SegmentTable.isLive(word, left)) {
            retire(word, left);
        }
        movedOn = true;
    }

    /**
     * Goes to a generation that was linked, or the first after it that is in the chain. That is one
     * of as many as the table has entries, unless this thread is stopped and the sender goes on
     * meanwhile: each such stop costs two more tables at the most, since a generation that is gone
     * leads to less than two tables before the newest.
     */
    private void moveTo(long generation) {
        long next = generation;
        RingReceiver receiver = slots.keep(next);
        for (int tries = 0; receiver == null; tries++) {
            if (!table.isLinked(next) || tries == MAX_TABLES * table.entries()) {
                throw new ChannelCorruptedException(
                        "no segment in the chain from generation " + generation + " on");
            }
            next = Math.max(next + 1, firstOf(table.generation(next)));
            receiver = slots.keep(next);
        }
        if (at > 0 && !kind.isShared() && receiver.position() != current.position()) {
            throw new ChannelCorruptedException(
                    "the ring of generation "
                            + next
                            + " begins at position "
                            + receiver.position()
                            + "; expected "
                            + current.position());
        }
        current = receiver;
        at = next;
    }

    /** Retires a ring that is sealed, if all of it was received. */
    private boolean retire(long word, long generation) {
        if (kind.isShared() && !slots.isReceived(generation)) {
            return false;
        }
        if (table.retire(word)) {
            senderBell.ring();
        }
        return true;
    }

    /** The backlog is gone: so most of its space may go. */
    private void giveBack() {
        if (!movedOn) {
            return;
        }
        movedOn = false;
        int spare = 0;
        for (long generation = at - 1; generation > at - table.entries(); generation--) {
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
            boolean sealed = table.isLinked(at + 1);
            if (hasNext(current, at)) {
                return true;
            }
            if (!sealed) {
                return hasOlder();
            }
            moveOn();
        }
        return true; // As far as this has looked: the end it is not.
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
        oldest = Math.max(oldest, firstOf(at));
        for (long generation = oldest; generation < at; generation++) {
            RingReceiver older = left(generation);
            if (older != null && hasNext(older, generation)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long peekLong() {
        for (int turns = 0; turns < table.entries(); turns++) {
            boolean sealed = table.isLinked(at + 1);
            long next = ((PeekingReceiver) current).peekLong();
            if (next != NO_MESSAGE) {
                return next;
            }
            if (!sealed) {
                giveBack();
                return next;
            }
            moveOn();
        }
        return NO_MESSAGE;
    }

    @Override
    public int attempt() {
        return last.attempt();
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public void verify() {
        try {
            current.verify();
        } catch (ChannelCorruptedException e) {
            if (table.isLive(at)) {
                throw e;
            }
        }
        if (kind.isShared()) {
            hasOlder();
        }
    }
}
