package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.LaneFileDescriptor.CAPACITY_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.MAGIC;
import static io.sluice.pipe.storage.LaneFileDescriptor.MAGIC_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.UUID_LOW_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.linux.CloseHelper;
import io.sluice.linux.Mapping;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.ring.SegmentStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A mapped lane file: control words, slot states if the lane has any, and the ring; or, for a
 * growing lane, control words, segment table and segments.
 */
public final class LaneFile implements AutoCloseable {
    private final Memory control;
    private final Memory slotStates;
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
        this.slotStates = claims;
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
    static void create(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        if (pipeLayout.isSegmented()) {
            LaneSegments.create(fileRegion, pipeLayout);
        }
        initialize(
                fileRegion, pipeLayout); // Last: isInitialized implies that the lane is complete.
    }

    /** Writes the identity into a file whose space is allocated. */
    static void initialize(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        try (Mapping mapping =
                Mapping.map(fileRegion.file(), fileRegion.offset(), pipeLayout.pageSize())) {
            writeIdentity(MappedMemory.words(mapping.segment()), pipeLayout);
        }
    }

    static void writeIdentity(Memory control, PipeLayout pipeLayout) {
        control.setLong(UUID_HIGH_OFFSET, pipeLayout.uuid().getMostSignificantBits());
        control.setLong(UUID_LOW_OFFSET, pipeLayout.uuid().getLeastSignificantBits());
        control.setLong(CAPACITY_OFFSET, pipeLayout.capacity());
        control.setLong(MAGIC_OFFSET, MAGIC);
    }

    /** Tests whether the identity has been written; it is written last. */
    static boolean isInitialized(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        try (Mapping mapping =
                Mapping.map(fileRegion.file(), fileRegion.offset(), pipeLayout.pageSize())) {
            return MappedMemory.words(mapping.segment()).getLong(MAGIC_OFFSET) == MAGIC;
        }
    }

    /** Maps a lane. Takes ownership of the section. */
    static LaneFile open(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        if (pipeLayout.isSegmented()) {
            return openSegmented(fileRegion, pipeLayout);
        }
        try (fileRegion) {
            RingMapping mapped = RingMapping.map(fileRegion, pipeLayout);
            return ofRing(mapped.control(), mapped.slotStates(), mapped.ring(), List.of(mapped));
        }
    }

    private static LaneFile openSegmented(FileRegion fileRegion, PipeLayout pipeLayout)
            throws IOException {
        Mapping control = null;
        try {
            control = Mapping.map(fileRegion.file(), fileRegion.offset(), pipeLayout.pageSize());
            check(fileRegion.file().path(), MappedMemory.words(control.segment()), pipeLayout);
            Mapping table = LaneSegments.mapTable(fileRegion, pipeLayout);
            LaneSegments segments = new LaneSegments(fileRegion, pipeLayout);
            return ofSegments(
                    MappedMemory.words(control.segment()),
                    MappedMemory.words(table.segment()),
                    segments,
                    List.of(segments, table, control));
        } catch (IOException | RuntimeException | InternalError e) {
            if (control != null) {
                control.close();
            }
            fileRegion.close();
            throw e;
        }
    }

    /** Checks the identity of a lane. Reads each word once. */
    static void check(Path path, Memory control, PipeLayout pipeLayout) {
        long magic = control.getLong(MAGIC_OFFSET);
        if (magic != MAGIC) {
            throw new InvalidPipeException(
                    path, String.format("magic 0x%016x", magic), String.format("0x%016x", MAGIC));
        }
        UUID uuid = new UUID(control.getLong(UUID_HIGH_OFFSET), control.getLong(UUID_LOW_OFFSET));
        if (!uuid.equals(pipeLayout.uuid())) {
            throw new InvalidPipeException(
                    path, "a lane of pipe " + uuid, "one of pipe " + pipeLayout.uuid());
        }
        long capacity = control.getLong(CAPACITY_OFFSET);
        if (capacity != pipeLayout.capacity()) {
            throw new InvalidPipeException(
                    path, "capacity " + capacity, pipeLayout.capacity() + ", as meta says");
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
     * Returns the lane's slot states.
     *
     * @return always the same memory; null if the lane has no slot states, or grows
     */
    public Memory slotStates() {
        return slotStates;
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
        CloseHelper.closeAll(resources);
    }
}
