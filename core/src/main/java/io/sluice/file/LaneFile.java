package io.sluice.file;

import static io.sluice.file.LaneFileDescriptor.CAPACITY_OFFSET;
import static io.sluice.file.LaneFileDescriptor.MAGIC;
import static io.sluice.file.LaneFileDescriptor.MAGIC_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_LOW_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.lane.SegmentStore;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Closing;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A mapped lane file: control words, claim words if the lane has any, and the ring; or, for a
 * growing lane, control words, segment table and segments.
 */
public final class LaneFile implements AutoCloseable {
    private final Memory control;
    private final Memory claims;
    private final Memory ring;
    private final Memory table;
    private final SegmentStore segments;
    private final List<AutoCloseable> resources;

    private LaneFile(
            Memory control,
            Memory claims,
            Memory ring,
            Memory table,
            SegmentStore segments,
            List<AutoCloseable> resources) {
        this.control = control;
        this.claims = claims;
        this.ring = ring;
        this.table = table;
        this.segments = segments;
        this.resources = resources;
    }

    /** Creates a lane that consists of one ring. */
    static LaneFile ofRing(
            Memory control, Memory claims, Memory ring, List<AutoCloseable> resources) {
        return new LaneFile(control, claims, ring, null, null, resources);
    }

    /** Creates a growing lane. */
    static LaneFile ofSegments(
            Memory control, Memory table, SegmentStore segments, List<AutoCloseable> resources) {
        return new LaneFile(control, null, null, table, segments, resources);
    }

    /** Initializes a lane in a section whose initial part is allocated and was never used. */
    static void make(Section section, Geometry geometry) throws IOException {
        if (geometry.grows()) {
            LaneSegments.make(section, geometry);
        }
        initialize(section, geometry); // Last: isInitialized implies that the lane is complete.
    }

    /** Writes the identity into a file whose space is allocated. */
    static void initialize(Section section, Geometry geometry) throws IOException {
        try (Mapping mapping = Mapping.map(section.file(), section.offset(), geometry.pageSize())) {
            writeIdentity(MappedMemory.words(mapping.segment()), geometry);
        }
    }

    static void writeIdentity(Memory control, Geometry geometry) {
        control.setLong(UUID_HIGH_OFFSET, geometry.uuid().getMostSignificantBits());
        control.setLong(UUID_LOW_OFFSET, geometry.uuid().getLeastSignificantBits());
        control.setLong(CAPACITY_OFFSET, geometry.capacity());
        control.setLong(MAGIC_OFFSET, MAGIC);
    }

    /** Tests whether the identity has been written; it is written last. */
    static boolean isInitialized(Section section, Geometry geometry) throws IOException {
        try (Mapping mapping = Mapping.map(section.file(), section.offset(), geometry.pageSize())) {
            return MappedMemory.words(mapping.segment()).getLong(MAGIC_OFFSET) == MAGIC;
        }
    }

    /** Maps a lane. Takes ownership of the section. */
    static LaneFile open(Section section, Geometry geometry) throws IOException {
        if (geometry.grows()) {
            return openGrowing(section, geometry);
        }
        try (section) {
            RingMapping mapped = RingMapping.map(section, geometry);
            return ofRing(mapped.control(), mapped.claims(), mapped.ring(), List.of(mapped));
        }
    }

    private static LaneFile openGrowing(Section section, Geometry geometry) throws IOException {
        Mapping control = null;
        try {
            control = Mapping.map(section.file(), section.offset(), geometry.pageSize());
            check(section.file().path(), MappedMemory.words(control.segment()), geometry);
            Mapping table = LaneSegments.mapTable(section, geometry);
            LaneSegments segments = new LaneSegments(section, geometry);
            return ofSegments(
                    MappedMemory.words(control.segment()),
                    MappedMemory.words(table.segment()),
                    segments,
                    List.of(segments, table, control));
        } catch (IOException | RuntimeException | InternalError e) {
            if (control != null) {
                control.close();
            }
            section.close();
            throw e;
        }
    }

    /** Checks the identity of a lane. Reads each word once. */
    static void check(Path path, Memory control, Geometry geometry) throws InvalidPipeException {
        long magic = control.getLong(MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new InvalidPipeException(
                    path, String.format("magic 0x%016x", magic), String.format("0x%016x", MAGIC));
        }
        UUID uuid = new UUID(control.getLong(UUID_HIGH_OFFSET), control.getLong(UUID_LOW_OFFSET));
        if (!uuid.equals(geometry.uuid())) {
            throw new InvalidPipeException(
                    path, "a lane of pipe " + uuid, "one of pipe " + geometry.uuid());
        }
        long capacity = control.getLong(CAPACITY_OFFSET);
        if (capacity != geometry.capacity()) {
            throw new InvalidPipeException(
                    path, "capacity " + capacity, geometry.capacity() + ", as meta says");
        }
    }

    /**
     * Returns the lane's control words.
     *
     * @return always the same memory
     */
    public Memory control() {
        return control;
    }

    /**
     * Returns the lane's claim words.
     *
     * @return always the same memory; null if the lane has no claim words, or grows
     */
    public Memory claims() {
        return claims;
    }

    /**
     * Returns the lane's ring.
     *
     * @return always the same memory, mirrored; null if the lane grows
     */
    public Memory ring() {
        return ring;
    }

    /**
     * Returns the segment table of a growing lane.
     *
     * @return always the same memory; null if the lane is a single ring
     */
    public Memory table() {
        return table;
    }

    /**
     * Returns the segments of a growing lane.
     *
     * @return always the same object; null if the lane is a single ring
     */
    public SegmentStore segments() {
        return segments;
    }

    @Override
    public void close() {
        Closing.all(resources);
    }
}
