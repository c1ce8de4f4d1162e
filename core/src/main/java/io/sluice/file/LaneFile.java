package io.sluice.file;

import static io.sluice.file.LaneFileDescriptor.CAPACITY_OFFSET;
import static io.sluice.file.LaneFileDescriptor.MAGIC;
import static io.sluice.file.LaneFileDescriptor.MAGIC_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_LOW_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A lane's file, mapped: its control words, its claim words if it has any, and its ring. */
public final class LaneFile implements AutoCloseable {
    private final Mapping controlMapping;
    private final Mapping claimsMapping;
    private final Mapping ringMapping;
    private final Memory control;
    private final Memory claims;
    private final Memory ring;

    private LaneFile(Mapping controlMapping, Mapping claimsMapping, Mapping ringMapping) {
        this.controlMapping = controlMapping;
        this.claimsMapping = claimsMapping;
        this.ringMapping = ringMapping;
        this.control = MappedMemory.words(controlMapping.segment());
        this.claims = claimsMapping == null ? null : MappedMemory.words(claimsMapping.segment());
        this.ring = MappedMemory.mirrored(ringMapping.segment());
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

    /** Whether the identity was written: the rest was before. */
    static boolean isInitialized(Section section, Geometry geometry) throws IOException {
        try (Mapping mapping = Mapping.map(section.file(), section.offset(), geometry.pageSize())) {
            return MappedMemory.words(mapping.segment()).getLong(MAGIC_OFFSET) == MAGIC;
        }
    }

    static LaneFile open(Section section, Geometry geometry) throws IOException {
        Mapping control = null;
        Mapping claims = null;
        try {
            long offset = section.offset();
            control = Mapping.map(section.file(), offset, geometry.pageSize());
            check(section.file().path(), MappedMemory.words(control.segment()), geometry);
            offset += geometry.pageSize();
            if (geometry.sharesLanes()) {
                claims = Mapping.map(section.file(), offset, geometry.claimsLength());
                offset += geometry.claimsSpace();
            }
            return new LaneFile(
                    control,
                    claims,
                    Mapping.mapMirrored(section.file(), offset, geometry.capacity()));
        } catch (IOException | RuntimeException | InternalError e) {
            if (control != null) {
                control.close();
            }
            if (claims != null) {
                claims.close();
            }
            throw e;
        }
    }

    /** Checks the identity of a lane, each word of which is read once. */
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
     * The lane's control words.
     *
     * @return always the same memory
     */
    public Memory control() {
        return control;
    }

    /**
     * The lane's claim words.
     *
     * @return always the same memory, or null if the lane has one receiver
     */
    public Memory claims() {
        return claims;
    }

    /**
     * The lane's ring.
     *
     * @return always the same memory, mirrored
     */
    public Memory ring() {
        return ring;
    }

    @Override
    public void close() {
        ringMapping.close();
        if (claimsMapping != null) {
            claimsMapping.close();
        }
        controlMapping.close();
    }
}
