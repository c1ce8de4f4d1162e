package io.sluice.pipe.storage;

import java.io.IOException;
import java.nio.file.Path;

/** The memory of one pipe, of any kind: each end opens its own view of it. */
interface Storage {
    /** Returns the path by which other processes open the pipe. */
    Path path();

    /** Opens {@code meta}, with locks of the caller's own. */
    MetaView openMeta(PipeLayout pipeLayout) throws IOException;

    /** Opens an existing lane. */
    LaneFile openLane(PipeLayout pipeLayout, int index) throws IOException;

    /**
     * Adds a user, besides the handle that the storage was opened by, which keeps the storage open.
     *
     * @throws IllegalStateException if it is closed
     */
    default void retain() {}

    /** Removes a user; the last one closes the storage. */
    default void release() {}

    /** Creates a lane unless it exists. The caller holds the lock of the lane's sender. */
    void createLane(PipeLayout pipeLayout, int index) throws IOException;
}
