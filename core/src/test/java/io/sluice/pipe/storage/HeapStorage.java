package io.sluice.pipe.storage;

import io.sluice.linux.OfdLocks;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A pipe on the heap of this process; each end sees what an end in another process would see. */
public final class HeapStorage extends PipeFiles {
    private static final int CONTROL_LENGTH = 4096;

    private final Memory meta;
    private final Map<Long, Object> owners = new HashMap<>();
    private final Map<Integer, HeapLane> lanes = new HashMap<>();
    private volatile String openFailure;

    /**
     * Creates a pipe.
     *
     * @param pipeLayout the geometry of the pipe
     */
    public HeapStorage(PipeLayout pipeLayout) {
        super(Path.of("heap"), pipeLayout);
        meta = new HeapMemory((int) pipeLayout.metaLength());
        MetaFile.write(meta, pipeLayout);
        if (pipeLayout.senders() == 1) {
            allocateLane(0);
        }
    }

    /** The memory of a ring. */
    private record Ring(Memory control, Memory slotStates, Memory ring) {
        static Ring of(PipeLayout pipeLayout) {
            Memory control = new HeapMemory(CONTROL_LENGTH);
            LaneFile.writeIdentity(control, pipeLayout);
            return new Ring(
                    control,
                    pipeLayout.slotStatesLength() > 0
                            ? new HeapMemory(pipeLayout.slotStatesLength())
                            : null,
                    HeapMemory.mirrored(pipeLayout.capacity()));
        }
    }

    /** A lane: one ring, or a segment table and slots for several rings. */
    private record HeapLane(Ring ring, Memory table, Ring[] slots) {}

    /**
     * Simulates the death of a participant's process by releasing its lock. The end must not be
     * used or closed afterwards, so a test keeps it reachable as long as the pipe.
     *
     * @param participant the participant's index
     */
    public void kill(int participant) {
        synchronized (owners) {
            owners.remove((long) participant);
        }
    }

    /**
     * Makes every opening and mapping of a lane or a segment fail, as if the system refused it.
     *
     * @param reason the message of the exception; null lets the calls succeed again
     */
    public void failOpens(String reason) {
        openFailure = reason;
    }

    private void checkMayOpen() throws IOException {
        String reason = openFailure;
        if (reason != null) {
            throw new IOException(reason);
        }
    }

    @Override
    public Participants openMeta() {
        return new Participants(pipeLayout(), meta, new HeapLocks(), () -> {});
    }

    @Override
    synchronized void allocateLane(int index) {
        PipeLayout pipeLayout = pipeLayout();
        lanes.computeIfAbsent(
                index,
                n -> {
                    Ring first = Ring.of(pipeLayout);
                    if (!pipeLayout.isSegmented()) {
                        return new HeapLane(first, null, null);
                    }
                    Memory table = new HeapMemory(pipeLayout.tableLength());
                    Ring[] slots = new Ring[pipeLayout.segments()];
                    slots[0] = Ring.of(pipeLayout);
                    LaneDescriptor.linkFirstSegment(table);
                    return new HeapLane(first, table, slots);
                });
    }

    @Override
    synchronized RingMemory mapLane(int index) throws IOException {
        checkMayOpen();
        HeapLane lane = lanes.get(index);
        Ring ring = lane.ring;
        return lane.table == null
                ? new RingMemory(ring.control, ring.slotStates, ring.ring, () -> {})
                : new RingMemory(ring.control, lane.table, new Slots(lane.slots), () -> {});
    }

    /** The slots of a segmented lane. */
    private final class Slots implements SegmentStore {
        private final Ring[] rings;

        Slots(Ring[] rings) {
            this.rings = rings;
        }

        @Override
        public int slots() {
            return rings.length;
        }

        @Override
        public void allocate(int slot) {
            synchronized (rings) {
                if (rings[slot] == null) {
                    rings[slot] = Ring.of(pipeLayout());
                }
            }
        }

        /** Keeps the ring: a late reader may still access it. */
        @Override
        public void free(int slot) {}

        @Override
        public RingMemory map(int slot) throws IOException {
            checkMayOpen();
            synchronized (rings) {
                Ring ring = rings[slot];
                return new RingMemory(ring.control, ring.slotStates, ring.ring, () -> {});
            }
        }
    }

    /** Locks like those of a separately opened file. */
    private final class HeapLocks implements OfdLocks {
        @Override
        public boolean tryLock(long index) {
            synchronized (owners) {
                return owners.merge(index, this, (owner, self) -> owner) == this;
            }
        }

        @Override
        public void unlock(long index) {
            synchronized (owners) {
                owners.remove(index, this);
            }
        }

        @Override
        public boolean isLockedByAnother(long index) {
            synchronized (owners) {
                Object owner = owners.get(index);
                return owner != null && owner != this;
            }
        }

        @Override
        public void close() {
            synchronized (owners) {
                owners.values().removeIf(owner -> owner == this);
            }
        }
    }
}
