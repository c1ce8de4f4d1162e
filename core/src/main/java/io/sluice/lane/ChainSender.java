package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.DROPPED_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane that grows: a chain of rings, of which the newest is written.
 *
 * <p>While the receivers keep up the chain is one ring, and this is that ring's sender and a test.
 * Once that ring is full another one follows: a segment that was received, or one that gets its
 * space now. It is whole before {@link SegmentTable#link} shows it to anybody, so a sender that
 * dies at any instruction leaves a slot that nobody refers to, at worst; the next sender takes its
 * space away. (Linked rings are an old way to be unbounded, see Morrison and Afek's LCRQ, PPoPP
 * 2013; here one thread links, so there is no race in it.)
 *
 * <p>Invariants: the newest generation is live, and its sender is {@code current}; a slot is in the
 * table as live or being freed, or it is this end's; positions and sequences go on from ring to
 * ring.
 *
 * <p>Guarantee: wait-free, but for the system calls that give it more space. One thread at a time.
 */
public final class ChainSender implements LaneSender {
    private final Memory control;
    private final SegmentTable table;
    private final RingKind kind;
    private final SenderSlots slots;
    private final boolean dropping;
    private RingSender current;
    private long newest;
    private boolean busy; // A message is claimed, or this end is closed: no ring has room then.
    private long reused;
    private long emptiedUpTo; // With this generation as the newest all before it were dropped.
    private final Runnable countDropped = this::countDropped;

    /**
     * A sender that goes on where the last one stopped.
     *
     * @param control the lane's control words
     * @param table the words of its segment table
     * @param store its slots
     * @param kind what its rings are
     * @param dropping whether the oldest messages make room when there is no more space
     * @throws ChannelCorruptedException if no sender left it so
     * @throws IOException if the newest segment cannot be mapped
     */
    public ChainSender(
            Memory control, Memory table, SegmentStore store, RingKind kind, boolean dropping)
            throws IOException {
        this.control = control;
        this.table = new SegmentTable(table, store.slots());
        this.kind = kind;
        this.dropping = dropping;
        this.newest = this.table.newest();
        long word = this.table.word(newest);
        if (newest == 0 || !SegmentTable.isLive(word, newest)) {
            throw new ChannelCorruptedException(
                    "the newest segment, of generation " + newest + ", is not in the chain");
        }
        this.slots = new SenderSlots(this.table, store, kind, newest);
        this.current = slots.sender(SegmentWordDescriptor.slot(word));
    }

    /**
     * Makes the first slot, which is whole, the first generation of a lane that nobody can see yet.
     *
     * @param table the words of its segment table
     * @param slots how many slots it has
     */
    public static void linkFirst(Memory table, int slots) {
        new SegmentTable(table, slots).link(1, 0);
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        return current.tryWrite(source, offset, length)
                || grow(length) && current.tryWrite(source, offset, length);
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        return current.tryWrite(source, offset, length)
                || grow(length) && current.tryWrite(source, offset, length);
    }

    @Override
    public long tryClaim(int length) {
        long at = current.tryClaim(length);
        if (at < 0 && grow(length)) {
            at = current.tryClaim(length);
        }
        busy |= at >= 0;
        return at;
    }

    @Override
    public void commit(int length) {
        busy = false;
        current.commit(length);
    }

    @Override
    public void abort() {
        busy = false;
        current.abort();
    }

    /**
     * Links another ring, if there is space for one. The one before is full.
     *
     * <p>Once a call: what receivers write between two attempts must not keep a sender busy.
     *
     * @return whether there may be room for a message of that length
     */
    private boolean grow(int length) {
        if (busy) {
            return false;
        }
        try {
            int slot = slots.take(newest);
            if (slot == SenderSlots.NONE && dropping) {
                slot = dropOldest();
            }
            if (slot == SenderSlots.NONE) {
                return dropping && current.dropOldest(length, countDropped);
            }
            RingSender next = slots.sender(slot);
            next.restart(current.position(), current.sequence());
            newest++;
            slots.linked(slot, newest);
            table.link(newest, slot);
            current = next;
            reused++;
            return true;
        } catch (IOException e) {
            throw FileFailure.asException("another segment", e);
        }
    }

    /**
     * Drops the oldest messages that no receiver has taken, until a segment is empty. One in which
     * a message is being received stays where it is.
     *
     * <p>If that is where the next generation's word is, or all segments are such, there is only
     * the newest: when all before it are empty but for those messages it is gone around, like the
     * ring of a bounded lane.
     *
     * @return the empty segment's slot, taken; or {@link SenderSlots#NONE}
     */
    private int dropOldest() throws IOException {
        boolean full = slots.isTableFull(newest);
        if (full && emptiedUpTo == newest) {
            return SenderSlots.NONE;
        }
        for (long generation = slots.oldest(); generation < newest; generation++) {
            long word = table.word(generation);
            if (SegmentTable.isLive(word, generation)) {
                int slot = SegmentWordDescriptor.slot(word);
                kind.drop(slots.segment(slot), countDropped);
                boolean useful = !full || generation == slots.oldest();
                if (useful && slots.takeReceived(word, slot) != SenderSlots.NONE) {
                    return slot;
                }
            }
        }
        emptiedUpTo = newest;
        return SenderSlots.NONE;
    }

    private void countDropped() {
        control.setLong(DROPPED_OFFSET, control.getLong(DROPPED_OFFSET) + 1);
    }

    @Override
    public Memory ring() {
        return current.ring();
    }

    @Override
    public long receiverProgress() {
        return current.receiverProgress() + reused + slots.oldest();
    }

    @Override
    public long position() {
        return current.position();
    }

    @Override
    public void verify() {
        current.verify();
        if (!table.isLive(newest)) {
            throw new ChannelCorruptedException(
                    "the newest segment, of generation " + newest + ", is not in the chain");
        }
    }

    @Override
    public int heldBy() {
        for (long generation = slots.oldest(); generation <= newest; generation++) {
            long word = table.word(generation);
            if (SegmentTable.isLive(word, generation)) {
                try {
                    int slot = SegmentWordDescriptor.slot(word);
                    int holder = kind.heldBy(slots.segment(slot));
                    if (holder >= 0 || !dropping) { // Else it is not what the sender waits for.
                        return holder;
                    }
                } catch (IOException e) {
                    throw FileFailure.asException("the segment of generation " + generation, e);
                }
            }
        }
        return -1;
    }

    @Override
    public void close() {
        busy = true;
        current.close();
    }
}
