package io.sluice.file;

import io.sluice.lane.ChainSender;
import io.sluice.lane.LostPage;
import io.sluice.lane.Segment;
import io.sluice.lane.SegmentStore;
import io.sluice.memory.MappedMemory;
import io.sluice.os.Closing;
import io.sluice.os.Mapping;
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
    private final Section section;
    private final Geometry geometry;

    /**
     * Compares by identity, because a record's {@code hashCode} is linked: see {@link
     * Geometry#isSameAs}.
     */
    private final Set<Segment> mapped = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean closed;

    /** Creates the segments of a lane's file; takes ownership of the section. */
    LaneSegments(Section section, Geometry geometry) {
        this.section = section;
        this.geometry = geometry;
    }

    @Override
    public int slots() {
        return geometry.segments();
    }

    @Override
    public long slotLength() {
        return geometry.ringLength();
    }

    private Section slot(int slot) {
        long offset = section.offset() + geometry.laneHeaderLength() + slot * slotLength();
        return new Section(section.file(), offset);
    }

    @Override
    public synchronized void allocate(int slot) throws IOException {
        checkOpen();
        Section part = slot(slot);
        NamedStorage.allocate(part.file(), part.offset(), slotLength());
        LaneFile.initialize(part, geometry);
    }

    @Override
    public synchronized void free(int slot) {
        if (!closed) {
            section.file().free(slot(slot).offset(), slotLength());
        }
    }

    @Override
    public synchronized Segment map(int slot) throws IOException {
        checkOpen();
        RingMapping mapping = RingMapping.map(slot(slot), geometry);
        Segment[] segment = new Segment[1];
        segment[0] =
                new Segment(
                        mapping.control(),
                        mapping.claims(),
                        mapping.ring(),
                        () -> close(segment[0], mapping));
        mapped.add(segment[0]);
        LostPage.settle();
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
            try (section) {
                Closing.all(
                        List.copyOf(mapped).stream().<AutoCloseable>map(s -> s::close).toList());
            }
        }
    }

    /** Maps the words of the segment table. */
    static Mapping mapTable(Section section, Geometry geometry) throws IOException {
        return Mapping.map(
                section.file(), section.offset() + geometry.pageSize(), geometry.tableLength());
    }

    /**
     * Initializes the first segment and links it, in a lane that is not yet visible to other
     * participants.
     */
    static void make(Section section, Geometry geometry) throws IOException {
        Section first = new Section(section.file(), section.offset() + geometry.laneHeaderLength());
        LaneFile.initialize(first, geometry);
        try (Mapping table = mapTable(section, geometry)) {
            ChainSender.linkFirst(MappedMemory.words(table.segment()), geometry.segments());
        }
    }
}
