package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.LaneFileDescriptor.CAPACITY_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.MAGIC;
import static io.sluice.pipe.storage.LaneFileDescriptor.MAGIC_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.pipe.storage.LaneFileDescriptor.UUID_LOW_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Creates and maps lane files: control words, slot states if the lane has any, and the ring; or,
 * for a growing lane, control words, segment table and segments.
 *
 * <p>A lane is unmapped in this order: words that publish before what they publish. A thread that
 * uses the end while another one closes it, against the rules, then loses its own message at most,
 * and never publishes one, or a segment, that is not in the file.
 */
final class LaneFile {
    private LaneFile() {}

    /** Initializes a lane in a region whose initial part is allocated and was never used. */
    static void create(FileRegion lane, PipeLayout pipeLayout) throws IOException {
        if (pipeLayout.isSegmented()) {
            LaneSegments.create(lane, pipeLayout);
        }
        initialize(lane, pipeLayout); // Last: isInitialized implies that the lane is complete.
    }

    /** Writes the identity into a file whose space is allocated. */
    static void initialize(FileRegion ring, PipeLayout pipeLayout) throws IOException {
        try (Mapping mapping = ring.map(0, pipeLayout.pageSize())) {
            writeIdentity(Memory.words(mapping.segment()), pipeLayout);
        }
    }

    static void writeIdentity(Memory control, PipeLayout pipeLayout) {
        control.setLong(UUID_HIGH_OFFSET, pipeLayout.uuid().getMostSignificantBits());
        control.setLong(UUID_LOW_OFFSET, pipeLayout.uuid().getLeastSignificantBits());
        control.setLong(CAPACITY_OFFSET, pipeLayout.capacity());
        control.setLong(MAGIC_OFFSET, MAGIC);
    }

    /** Tests whether the identity has been written; it is written last. */
    static boolean isInitialized(FileRegion lane, PipeLayout pipeLayout) throws IOException {
        try (Mapping mapping = lane.map(0, pipeLayout.pageSize())) {
            return Memory.words(mapping.segment()).getLong(MAGIC_OFFSET) == MAGIC;
        }
    }

    /** Maps a lane. Takes ownership of the region. */
    static RingMemory open(FileRegion lane, PipeLayout pipeLayout) throws IOException {
        if (pipeLayout.isSegmented()) {
            return openSegmented(lane, pipeLayout);
        }
        try (lane) {
            return mapRing(lane, pipeLayout);
        }
    }

    private static RingMemory openSegmented(FileRegion lane, PipeLayout pipeLayout)
            throws IOException {
        Mapping control = null;
        try {
            control = lane.map(0, pipeLayout.pageSize());
            Memory words = Memory.words(control.segment());
            check(lane.file().path(), words, pipeLayout);
            Mapping table = LaneSegments.mapTable(lane, pipeLayout);
            LaneSegments segments = new LaneSegments(lane, pipeLayout);
            List<AutoCloseable> resources = List.of(control, table, segments);
            return new RingMemory(
                    words,
                    Memory.words(table.segment()),
                    segments,
                    () -> PipeFiles.closeAll(resources));
        } catch (IOException | RuntimeException | InternalError e) {
            PipeFiles.closeAll(Arrays.asList(control, lane));
            throw e;
        }
    }

    /** Maps the ring at the beginning of a region, and checks that it belongs to this pipe. */
    static RingMemory mapRing(FileRegion region, PipeLayout pipeLayout) throws IOException {
        Mapping control = null;
        Mapping slotStates = null;
        try {
            control = region.map(0, pipeLayout.pageSize());
            Memory words = Memory.words(control.segment());
            check(region.file().path(), words, pipeLayout);
            long offset = pipeLayout.pageSize();
            Memory states = null;
            if (pipeLayout.slotStatesLength() > 0) {
                slotStates = region.map(offset, pipeLayout.slotStatesLength());
                states = Memory.words(slotStates.segment());
            }
            Mapping ring =
                    region.mapMirrored(
                            offset + pipeLayout.slotStatesSpace(), pipeLayout.capacity());
            List<AutoCloseable> resources = Arrays.asList(control, slotStates, ring);
            return new RingMemory(
                    words,
                    states,
                    Memory.mirrored(ring.segment()),
                    () -> PipeFiles.closeAll(resources));
        } catch (IOException | RuntimeException | InternalError e) {
            PipeFiles.closeAll(Arrays.asList(control, slotStates));
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
}
