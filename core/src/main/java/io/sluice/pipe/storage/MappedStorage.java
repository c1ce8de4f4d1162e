package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Storage in mapped files.
 *
 * @param pipeFileSet the files
 */
record MappedStorage(PipeFileSet pipeFileSet) implements Storage {
    @Override
    public Path path() {
        return pipeFileSet.path();
    }

    @Override
    public MetaView openMeta(PipeLayout pipeLayout) throws IOException {
        try (FileRegion fileRegion = pipeFileSet.meta(pipeLayout)) {
            Mapping mapping =
                    Mapping.map(fileRegion.file(), fileRegion.offset(), pipeLayout.metaLength());
            Descriptor locks = null;
            try {
                Memory memory = MappedMemory.words(mapping.segment());
                if (!pipeLayout.isSameAs(PipeFiles.readMeta(fileRegion.file().path(), memory))) {
                    throw new InvalidPipeException(
                            path(), "another pipe under this name", "pipe " + pipeLayout.uuid());
                }
                locks = pipeFileSet.locks();
                return new MetaView(
                        mapping::close, memory, new Participants(pipeLayout, memory, locks));
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
        pipeFileSet.retain();
    }

    @Override
    public void release() {
        pipeFileSet.release();
    }

    @Override
    public LaneFile openLane(PipeLayout pipeLayout, int index) throws IOException {
        return LaneFile.open(pipeFileSet.lane(pipeLayout, index), pipeLayout);
    }

    @Override
    public void createLane(PipeLayout pipeLayout, int index) throws IOException {
        pipeFileSet.createLane(pipeLayout, index);
    }
}
