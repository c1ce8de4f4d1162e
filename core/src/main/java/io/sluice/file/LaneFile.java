package io.sluice.file;

import static io.sluice.file.LaneFileDescriptor.CAPACITY_OFFSET;
import static io.sluice.file.LaneFileDescriptor.MAGIC;
import static io.sluice.file.LaneFileDescriptor.MAGIC_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_HIGH_OFFSET;
import static io.sluice.file.LaneFileDescriptor.UUID_LOW_OFFSET;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A lane's file, mapped: its control words and its ring. */
public final class LaneFile implements AutoCloseable {
    private final Mapping controlMapping;
    private final Mapping ringMapping;
    private final Memory control;
    private final Memory ring;

    private LaneFile(Mapping controlMapping, Mapping ringMapping) {
        this.controlMapping = controlMapping;
        this.ringMapping = ringMapping;
        this.control = MappedMemory.words(controlMapping.segment());
        this.ring = MappedMemory.mirrored(ringMapping.segment());
    }

    static void create(Path path, Geometry geometry) throws IOException {
        try (Descriptor file = PipeFiles.createFile(path, geometry.laneLength());
                Mapping mapping = Mapping.map(file, 0, geometry.pageSize())) {
            Memory control = MappedMemory.words(mapping.segment());
            control.setLong(MAGIC_OFFSET, MAGIC);
            control.setLong(UUID_HIGH_OFFSET, geometry.uuid().getMostSignificantBits());
            control.setLong(UUID_LOW_OFFSET, geometry.uuid().getLeastSignificantBits());
            control.setLong(CAPACITY_OFFSET, geometry.capacity());
        }
    }

    static LaneFile open(Path path, Geometry geometry) throws IOException {
        PipeFiles.checkFile(path, geometry.laneLength());
        try (Descriptor file = Descriptor.open(path)) {
            Mapping controlMapping = Mapping.map(file, 0, geometry.pageSize());
            try {
                check(path, MappedMemory.words(controlMapping.segment()), geometry);
                return new LaneFile(
                        controlMapping,
                        Mapping.mapMirrored(file, geometry.pageSize(), geometry.capacity()));
            } catch (IOException e) {
                controlMapping.close();
                throw e;
            }
        }
    }

    private static void check(Path path, Memory control, Geometry geometry)
            throws InvalidPipeException {
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
        controlMapping.close();
    }
}
