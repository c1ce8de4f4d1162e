package io.sluice.file;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Storage in mapped files.
 *
 * @param parts the files
 */
record MappedStorage(Parts parts) implements Storage {
    @Override
    public Path path() {
        return parts.path();
    }

    @Override
    public MetaView openMeta(Geometry geometry) throws IOException {
        try (Section section = parts.meta(geometry)) {
            Mapping mapping = Mapping.map(section.file(), section.offset(), geometry.metaLength());
            Descriptor locks = null;
            try {
                Memory memory = MappedMemory.words(mapping.segment());
                if (!geometry.isSameAs(PipeFiles.readMeta(section.file().path(), memory))) {
                    throw new InvalidPipeException(
                            path(), "another pipe under this name", "pipe " + geometry.uuid());
                }
                locks = parts.locks();
                return new MetaView(
                        mapping::close, memory, new Participants(geometry, memory, locks));
            } catch (IOException | RuntimeException e) {
                if (locks != null) {
                    locks.close();
                }
                mapping.close();
                throw e;
            }
        }
    }

    @Override
    public void retain() {
        parts.retain();
    }

    @Override
    public void release() {
        parts.release();
    }

    @Override
    public LaneFile openLane(Geometry geometry, int index) throws IOException {
        return LaneFile.open(parts.lane(geometry, index), geometry);
    }

    @Override
    public void makeLane(Geometry geometry, int index) throws IOException {
        parts.makeLane(geometry, index);
    }
}
