package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.DROPPED_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory.SegmentStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a segmented lane: a linked list of rings, of which only the newest is
 * written.
 *
 * <p>While the receivers keep up, the list is one ring, and this class delegates to that ring's
 * sender after one test. Once that ring is full another one is linked: a segment that was received,
 * or one that is allocated now. It is fully initialized before {@link SegmentTable#link} makes it
 * visible, so a sender that dies at any instruction leaves at worst a slot that nothing refers to;
 * the next sender frees its space. (Linked rings are an established way to build an unbounded
 * queue, see Morrison and Afek's LCRQ, PPoPP 2013; here a single thread links, so linking is free
 * of races.)
 *
 * <p>Invariants: the newest generation is live, and its sender is {@code current}; a slot is in the
 * table as live or being freed, or it belongs to this end; positions and sequences continue from
 * ring to ring.
 *
 * <p>Guarantee: wait-free, except for the system calls that allocate space. One thread at a time.
 */
public final class SegmentedRingSender implements LaneSender {
    private final Memory control;
    private final SegmentTable table;
    private final RingFlavor flavor;
    private final SegmentPool pool;
    private RingSender current;
    private long newest;
    private boolean
            growthBlocked; // A message is claimed, or this end is closed: the list must not grow.
    private long reused;
    private long emptiedUpTo; // The newest generation when all before it were dropped.
    private final Runnable countDropped = this::countDropped;

    /**
     * Creates a sender that continues where the last one stopped.
     *
     * @throws ChannelCorruptedException if the table is in a state that no sender leaves
     */
    SegmentedRingSender(Memory control, Memory table, SegmentStore store, RingFlavor flavor) {
        this.control = control;
        this.table = new SegmentTable(table, store.slots());
        this.flavor = flavor;
        this.newest = this.table.newest();
        long word = this.table.word(newest);
        if (newest == 0 || !SegmentTable.isLive(word, newest)) {
            throw new ChannelCorruptedException(
                    "the newest segment, of generation " + newest + ", is not in the list");
        }
        this.pool = new SegmentPool(this.table, store, flavor, newest);
        try {
            this.current = pool.sender(SegmentWordDescriptor.slot(word));
        } catch (IOException | InvalidPipeException e) {
            throw MappingFault.ofFile("the newest segment", e);
        }
    }

    /**
     * Returns the ring that is written now.
     *
     * @return its sender, until the next call of this object; null if it has many receivers
     */
    public SpscRingSender spscRing() {
        return current instanceof SpscRingSender spsc ? spsc : null;
    }

    @Override
    public boolean tryWriteWithinLimit(byte[] source, int offset, int length) {
        return current.tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public boolean tryWriteWithinLimit(MemorySegment source, long offset, int length) {
        return current.tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        return current.tryWrite(source, offset, length)
                || grow(length, 1) && current.tryWrite(source, offset, length);
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        return current.tryWrite(source, offset, length)
                || grow(length, 1) && current.tryWrite(source, offset, length);
    }

    @Override
    public long tryClaim(int length) {
        long at = current.tryClaim(length);
        if (at < 0 && grow(length, 1)) {
            at = current.tryClaim(length);
        }
        growthBlocked |= at >= 0;
        return at;
    }

    @Override
    public void commit(int length) {
        growthBlocked = false;
        current.commit(length);
    }

    @Override
    public void commitShorter(int length) {
        growthBlocked = false;
        current.commitShorter(length);
    }

    @Override
    public void abort() {
        growthBlocked = false;
        current.abort();
    }

    /** Begins a batch, in one ring: the next one, if the rest of this one is too small. */
    @Override
    public boolean tryBatch(int length) {
        boolean open =
                current.tryBatch(length)
                        || grow(length, length / SlotStateDescriptor.STRIDE)
                                && current.tryBatch(length);
        growthBlocked |= open;
        return open;
    }

    @Override
    public boolean extendBatch(int length) {
        return current.extendBatch(length);
    }

    @Override
    public boolean hasBatchRoom(int length, int messages) {
        return current.hasBatchRoom(length, messages);
    }

    @Override
    public long addToBatch(int length) {
        return current.addToBatch(length);
    }

    @Override
    public void removeFromBatch() {
        current.removeFromBatch();
    }

    @Override
    public void commitBatch() {
        growthBlocked = false;
        current.commitBatch();
    }

    /**
     * Links another ring, if there is space for one. The one before is full.
     *
     * <p>Tried once per call, so that concurrent receivers cannot keep a sender in a loop.
     *
     * @param length the length of the payloads that need room, in bytes
     * @param messages the number of messages, at most
     * @return whether there may be room for them
     */
    private boolean grow(int length, int messages) {
        if (growthBlocked) {
            return false;
        }
        try {
            int slot = pool.acquire(newest);
            if (slot == SegmentPool.NONE && flavor.dropping()) {
                slot = dropOldest();
            }
            if (slot == SegmentPool.NONE) {
                return flavor.dropping() && current.dropOldest(length, messages, countDropped);
            }
            RingSender next = pool.sender(slot);
            next.restart(current.position(), current.sequence());
            newest++;
            pool.onLinked(slot, newest);
            table.link(newest, slot);
            current = next;
            reused++;
            return true;
        } catch (IOException | InvalidPipeException e) {
            throw MappingFault.ofFile("another segment", e);
        }
    }

    /**
     * Drops the oldest messages that no receiver has taken, until a segment is empty. A segment in
     * which a message is being received stays in the list.
     *
     * <p>If such a segment occupies the table entry of the next generation, or if all segments are
     * such, the list cannot grow. Then, once all older segments hold only messages being received,
     * the newest ring drops its own oldest messages, like the ring of a bounded lane.
     *
     * @return the slot of the empty segment, taken; or {@link SegmentPool#NONE}
     */
    private int dropOldest() throws IOException {
        boolean full = pool.isTableFull(newest);
        if (full && emptiedUpTo == newest) {
            return SegmentPool.NONE;
        }
        for (long generation = pool.oldest(); generation < newest; generation++) {
            long word = table.word(generation);
            if (SegmentTable.isLive(word, generation)) {
                int slot = SegmentWordDescriptor.slot(word);
                flavor.drop(pool.segment(slot), countDropped);
                boolean useful = !full || generation == pool.oldest();
                if (useful && pool.acquireReceived(word, slot) != SegmentPool.NONE) {
                    return slot;
                }
            }
        }
        emptiedUpTo = newest;
        return SegmentPool.NONE;
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
        return current.receiverProgress() + reused + pool.oldest();
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
                    "the newest segment, of generation " + newest + ", is not in the list");
        }
    }

    @Override
    public int heldBy() {
        for (long generation = pool.oldest(); generation <= newest; generation++) {
            long word = table.word(generation);
            if (SegmentTable.isLive(word, generation)) {
                try {
                    int slot = SegmentWordDescriptor.slot(word);
                    int holder = flavor.heldBy(pool.segment(slot));
                    if (holder >= 0
                            || !flavor.dropping()) { // Else the sender does not wait for it.
                        return holder;
                    }
                } catch (IOException | InvalidPipeException e) {
                    throw MappingFault.ofFile("the segment of generation " + generation, e);
                }
            }
        }
        return -1;
    }

    @Override
    public void close() {
        growthBlocked = true;
        current.close();
    }
}
