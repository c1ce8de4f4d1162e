package io.sluice.pipe.storage;

import io.sluice.linux.Mapping;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The segments of a growing lane: regions of its sparse file, which has holes where a segment has
 * no space. Growing and shrinking therefore need no file name, and work for a pipe that has been
 * deleted or never had a name.
 *
 * <p>Belongs to one end, with an open file description of its own.
 */
final class LaneSegments implements SegmentStore, AutoCloseable {
    private final FileRegion lane;
    private final PipeLayout pipeLayout;

    /**
     * Compares by identity, because a record's {@code hashCode} is linked: see {@link
     * PipeLayout#isSameAs}.
     */
    private final Set<RingMemory> mapped = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean closed;

    /** Creates the segments of a lane's file; takes ownership of the region. */
    LaneSegments(FileRegion lane, PipeLayout pipeLayout) {
        this.lane = lane;
        this.pipeLayout = pipeLayout;
    }

    @Override
    public int slots() {
        return pipeLayout.segments();
    }

    private FileRegion slot(int slot) {
        return lane.at(pipeLayout.laneHeaderLength() + slot * pipeLayout.ringLength());
    }

    @Override
    public synchronized void allocate(int slot) throws IOException {
        checkOpen();
        FileRegion region = slot(slot);
        region.allocate(pipeLayout.ringLength());
        LaneFile.initialize(region, pipeLayout);
    }

    @Override
    public synchronized void free(int slot) {
        if (!closed) {
            lane.file().punchHole(slot(slot).offset(), pipeLayout.ringLength());
        }
    }

    @Override
    public synchronized RingMemory map(int slot) throws IOException {
        checkOpen();
        RingMemory ring = LaneFile.mapRing(slot(slot), pipeLayout);
        mapped.add(ring);
        MappingFault.poll();
        return new RingMemory(ring.control(), ring.slotStates(), ring.ring(), () -> close(ring));
    }

    private synchronized void close(RingMemory ring) {
        if (mapped.remove(ring)) {
            ring.close();
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("this end of the lane is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try (lane) {
                PipeFiles.closeAll(mapped);
            }
        }
    }

    /** Maps the words of the segment table. */
    static Mapping mapTable(FileRegion lane, PipeLayout pipeLayout) throws IOException {
        return lane.map(pipeLayout.pageSize(), pipeLayout.tableLength());
    }

    /**
     * Initializes the first segment and links it, in a lane that is not yet visible to other
     * participants.
     */
    static void create(FileRegion lane, PipeLayout pipeLayout) throws IOException {
        LaneFile.initialize(lane.at(pipeLayout.laneHeaderLength()), pipeLayout);
        try (Mapping table = mapTable(lane, pipeLayout)) {
            LaneDescriptor.linkFirstSegment(Memory.words(table.segment()));
        }
    }
}
