package io.sluice.pipe.storage;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A region of an open file; its content determines where it ends.
 *
 * @param file the file, which closing the region closes
 * @param offset the beginning of the region, a multiple of the page size
 */
record FileRegion(Descriptor file, long offset) implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String CONTAINER_REMEDY =
            "; in a container, make it larger (docker run --shm-size=1g)";

    /** Returns the region of the same file that begins at an offset in this one. */
    FileRegion at(long from) {
        return new FileRegion(file, offset + from);
    }

    Mapping map(long from, long length) throws IOException {
        return Mapping.map(file, offset + from, length);
    }

    Mapping mapMirrored(long from, long length) throws IOException {
        return Mapping.mapMirrored(file, offset + from, length);
    }

    /** Allocates the beginning of it, so that writing there later cannot run out of disk space. */
    void allocate(long length) throws IOException {
        try {
            file.allocate(offset, length);
        } catch (SystemCallException e) {
            if (e.errno() == SystemCallException.ENOSPC
                    || e.errno() == SystemCallException.EDQUOT) {
                throw new IOException(
                        String.format(
                                "no space for %d bytes of %s: choose another directory or a"
                                        + " smaller capacity%s",
                                length,
                                file.path(),
                                file.path().startsWith(SHARED_MEMORY) ? CONTAINER_REMEDY : ""),
                        e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
