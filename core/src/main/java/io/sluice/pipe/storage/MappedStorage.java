package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import java.io.IOException;
import java.nio.file.Path;

/** The storage of a pipe in mapped files: a directory of them, or memory without a name. */
abstract sealed class MappedStorage extends PipeFiles permits DirectoryStorage, MemfdStorage {
    MappedStorage(Path path, PipeLayout pipeLayout) {
        super(path, pipeLayout);
    }

    /** Opens {@code meta}. */
    abstract FileRegion meta() throws IOException;

    /**
     * Opens the file whose bytes the participants lock, as an open file description of the caller's
     * own.
     */
    abstract Descriptor locks() throws IOException;

    /** Opens an existing lane. */
    abstract FileRegion lane(int index) throws IOException;

    /** Writes {@code meta} of a new pipe. */
    static void createMeta(FileRegion meta, PipeLayout pipeLayout) throws IOException {
        meta.allocate(pipeLayout.metaLength());
        try (Mapping mapping = meta.map(0, pipeLayout.metaLength())) {
            MetaFile.write(Memory.words(mapping.segment()), pipeLayout);
        }
    }

    /** Reads the geometry of an existing pipe. */
    static PipeLayout readLayout(Descriptor meta, Path path) throws IOException {
        try (Mapping mapping = Mapping.map(meta, 0, Mapping.pageSize())) {
            return MetaFile.read(path, Memory.words(mapping.segment()));
        }
    }

    /** Checks that the geometry found is this pipe's: another pipe may have taken the name. */
    final void checkIdentity(PipeLayout found) {
        if (!pipeLayout().isSameAs(found)) {
            throw new InvalidPipeException(
                    path(), "another pipe under this name", "pipe " + pipeLayout().uuid());
        }
    }

    @Override
    public final Participants openMeta() throws IOException {
        try (FileRegion meta = meta()) {
            Mapping mapping = meta.map(0, pipeLayout().metaLength());
            try {
                Memory memory = Memory.words(mapping.segment());
                checkIdentity(MetaFile.read(meta.file().path(), memory));
                return new Participants(pipeLayout(), memory, locks(), mapping::close);
            } catch (IOException | RuntimeException e) {
                mapping.close();
                throw e;
            }
        }
    }

    @Override
    final RingMemory mapLane(int index) throws IOException {
        return LaneFile.open(lane(index), pipeLayout());
    }
}
