package io.sluice.file;

import io.sluice.lane.ChainSender;
import io.sluice.lane.Segment;
import io.sluice.lane.SegmentStore;
import io.sluice.lane.SegmentWordDescriptor;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Locks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pipe on the heap of this process; each end sees what an end in another process would see. */
public final class HeapStorage implements Storage {
    private static final int CONTROL_LENGTH = 1024;

    private final Geometry geometry;
    private final Memory meta;
    private final Map<Long, Object> owners = new HashMap<>();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private volatile String refusal;

    /**
     * Creates a pipe.
     *
     * @param geometry the geometry of the pipe
     */
    public HeapStorage(Geometry geometry) {
        this.geometry = geometry;
        meta = new HeapMemory((int) geometry.metaLength());
        MetaFile.write(meta, geometry);
        if (geometry.senders() == 1) {
            makeLane(geometry, 0);
        }
    }

    /** The memory of a ring. */
    private record Ring(Memory control, Memory claims, Memory ring) {
        static Ring of(Geometry geometry) {
            Memory control = new HeapMemory(CONTROL_LENGTH);
            LaneFile.writeIdentity(control, geometry);
            return new Ring(
                    control,
                    geometry.sharesLanes() ? new HeapMemory(geometry.claimsLength()) : null,
                    HeapMemory.mirrored(geometry.capacity()));
        }
    }

    /** A lane: one ring, or a segment table and slots for several rings. */
    private record Lane(Ring ring, Memory table, Ring[] slots) {}

    /**
     * Returns what ends of the pipe are opened with.
     *
     * @return the pipe
     */
    public PipeFiles files() {
        return new PipeFiles(this, geometry);
    }

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
    public void refuse(String reason) {
        refusal = reason;
    }

    private void checkNotRefused() throws IOException {
        String reason = refusal;
        if (reason != null) {
            throw new IOException(reason);
        }
    }

    @Override
    public Path path() {
        return Path.of("heap");
    }

    @Override
    public MetaView openMeta(Geometry geometry) {
        return new MetaView(() -> {}, meta, new Participants(geometry, meta, new HeapLocks()));
    }

    @Override
    public synchronized void makeLane(Geometry geometry, int index) {
        lanes.computeIfAbsent(
                index,
                n -> {
                    Ring first = Ring.of(geometry);
                    if (!geometry.grows()) {
                        return new Lane(first, null, null);
                    }
                    int words = geometry.tableLength() / SegmentWordDescriptor.LENGTH;
                    Memory table = new HeapMemory(words * SegmentWordDescriptor.LENGTH);
                    Ring[] slots = new Ring[geometry.segments()];
                    slots[0] = Ring.of(geometry);
                    ChainSender.linkFirst(table, slots.length);
                    return new Lane(first, table, slots);
                });
    }

    @Override
    public synchronized LaneFile openLane(Geometry geometry, int index) throws IOException {
        checkNotRefused();
        Lane lane = lanes.get(index);
        Ring ring = lane.ring;
        return lane.table == null
                ? LaneFile.ofRing(ring.control, ring.claims, ring.ring, List.of())
                : LaneFile.ofSegments(
                        ring.control, lane.table, new Slots(geometry, lane.slots), List.of());
    }

    /** The slots of a segmented lane. */
    private final class Slots implements SegmentStore {
        private final Geometry geometry;
        private final Ring[] rings;

        Slots(Geometry geometry, Ring[] rings) {
            this.geometry = geometry;
            this.rings = rings;
        }

        @Override
        public int slots() {
            return rings.length;
        }

        @Override
        public long slotLength() {
            return geometry.ringLength();
        }

        @Override
        public void allocate(int slot) {
            synchronized (rings) {
                if (rings[slot] == null) {
                    rings[slot] = Ring.of(geometry);
                }
            }
        }

        /** Keeps the ring: a late reader may still access it. */
        @Override
        public void free(int slot) {}

        @Override
        public Segment map(int slot) throws IOException {
            checkNotRefused();
            synchronized (rings) {
                Ring ring = rings[slot];
                return new Segment(ring.control, ring.claims, ring.ring, () -> {});
            }
        }
    }

    /** Locks like those of a separately opened file. */
    private final class HeapLocks implements Locks {
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
