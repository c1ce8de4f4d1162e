package io.sluice.file;

import io.sluice.os.Descriptor;
import java.io.IOException;
import java.nio.file.Path;

/** Where the files of one pipe lie: in a directory, or in memory that has no name. */
interface Parts {
    /** By what a peer finds the pipe. */
    Path path();

    /** Opens the part that says what the pipe is. */
    Section meta(Geometry geometry) throws IOException;

    /** Opens the file whose bytes the participants lock: an open file of the caller's own. */
    Descriptor locks() throws IOException;

    /** Opens a lane that was made. */
    Section lane(Geometry geometry, int index) throws IOException;

    /**
     * Makes a lane, with all of its space, unless it was made before. Only for who holds the lock
     * of its sender: so there is nobody to race with, but what a dead one left.
     */
    void makeLane(Geometry geometry, int index) throws IOException;

    /** As {@link Storage#retain}. */
    default void retain() {}

    /** As {@link Storage#release}. */
    default void release() {}
}
