package io.sluice.pipe.storage;

import io.sluice.linux.CloseHelper;
import io.sluice.linux.Mapping;
import io.sluice.memory.MappedMemory;
import io.sluice.ring.MappingFault;
import io.sluice.ring.Segment;
import io.sluice.ring.SegmentStore;
import io.sluice.ring.SegmentedRingSender;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The segments of a growing lane: regions of its sparse file, which has holes where a segment has
 * no space. Growing and shrinking therefore need no file name, and work for a pipe that has been
 * deleted or never had a name.
 *
 * <p>Belongs to one end, with an open file description of its own.
 */
final class LaneSegments implements SegmentStore, AutoCloseable {
    private final FileRegion fileRegion;
    private final PipeLayout pipeLayout;

    /**
     * Compares by identity, because a record's {@code hashCode} is linked: see {@link
     * PipeLayout#isSameAs}.
     */
    private final Set<Segment> mapped = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean closed;

    /** Creates the segments of a lane's file; takes ownership of the section. */
    LaneSegments(FileRegion fileRegion, PipeLayout pipeLayout) {
        this.fileRegion = fileRegion;
        this.pipeLayout = pipeLayout;
    }

    @Override
    public int slots() {
        return pipeLayout.segments();
    }

    @Override
    public long slotLength() {
        return pipeLayout.ringLength();
    }

    private FileRegion slot(int slot) {
        long offset = fileRegion.offset() + pipeLayout.laneHeaderLength() + slot * slotLength();
        return new FileRegion(fileRegion.file(), offset);
    }

    @Override
    public synchronized void allocate(int slot) throws IOException {
        checkOpen();
        FileRegion part = slot(slot);
        DirectoryStorage.allocate(part.file(), part.offset(), slotLength());
        LaneFile.initialize(part, pipeLayout);
    }

    @Override
    public synchronized void free(int slot) {
        if (!closed) {
            fileRegion.file().punchHole(slot(slot).offset(), slotLength());
        }
    }

    @Override
    public synchronized Segment map(int slot) throws IOException {
        checkOpen();
        RingMapping mapping = RingMapping.map(slot(slot), pipeLayout);
        Segment[] segment = new Segment[1];
        segment[0] =
                new Segment(
                        mapping.control(),
                        mapping.slotStates(),
                        mapping.ring(),
                        () -> close(segment[0], mapping));
        mapped.add(segment[0]);
        MappingFault.poll();
        return segment[0];
    }

    private synchronized void close(Segment segment, RingMapping mapping) {
        if (mapped.remove(segment)) {
            mapping.close();
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
            try (fileRegion) {
                CloseHelper.closeAll(
                        List.copyOf(mapped).stream().<AutoCloseable>map(s -> s::close).toList());
            }
        }
    }

    /** Maps the words of the segment table. */
    static Mapping mapTable(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        return Mapping.map(
                fileRegion.file(),
                fileRegion.offset() + pipeLayout.pageSize(),
                pipeLayout.tableLength());
    }

    /**
     * Initializes the first segment and links it, in a lane that is not yet visible to other
     * participants.
     */
    static void create(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        FileRegion first =
                new FileRegion(
                        fileRegion.file(), fileRegion.offset() + pipeLayout.laneHeaderLength());
        LaneFile.initialize(first, pipeLayout);
        try (Mapping table = mapTable(fileRegion, pipeLayout)) {
            SegmentedRingSender.linkFirst(
                    MappedMemory.words(table.segment()), pipeLayout.segments());
        }
    }
}
