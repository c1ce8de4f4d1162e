package io.sluice.pipe.storage;

import io.sluice.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Path;

/** The location of one pipe's files: a directory, or memory without a name. */
interface PipeFileSet {
    /** Returns the path by which other processes open the pipe. */
    Path path();

    /** Opens {@code meta}. */
    FileRegion meta(PipeLayout pipeLayout) throws IOException;

    /**
     * Opens the file whose bytes the participants lock, as an open file description of the caller's
     * own.
     */
    Descriptor locks() throws IOException;

    /** Opens an existing lane. */
    FileRegion lane(PipeLayout pipeLayout, int index) throws IOException;

    /**
     * Creates a lane with its initial space, unless it exists. The caller holds the lock of the
     * lane's sender, so no other process creates the lane concurrently; a dead sender may have left
     * a part of it.
     */
    void createLane(PipeLayout pipeLayout, int index) throws IOException;

    /** Adds a user, as {@link Storage#retain}. */
    default void retain() {}

    /** Removes a user, as {@link Storage#release}. */
    default void release() {}
}
