package io.sluice.file;

import java.io.IOException;
import java.nio.file.Path;

/** The memory of one pipe, whatever it lies in: each end opens its own view of it. */
interface Storage {
    /** By what a peer finds the pipe. */
    Path path();

    /** Opens what says who is attached, with locks of the caller's own. */
    MetaView openMeta(Geometry geometry) throws IOException;

    /** Opens a lane that was made. */
    LaneFile openLane(Geometry geometry, int index) throws IOException;

    /**
     * Keeps it open for one more user, beside the handle that it was opened by.
     *
     * @throws IllegalStateException if it is closed
     */
    default void retain() {}

    /** One user less: the last one closes it. */
    default void release() {}

    /** Makes a lane unless it was made before. Only for who holds the lock of its sender. */
    void makeLane(Geometry geometry, int index) throws IOException;
}
