package io.sluice.pipe.storage;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.SystemCallException;
import java.io.IOException;

/**
 * A region of an open file; its content determines where it ends.
 *
 * @param file the file, which closing the region closes
 * @param offset the beginning of the region, a multiple of the page size
 */
record FileRegion(Descriptor file, long offset) implements AutoCloseable {
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
                                        + " smaller capacity",
                                length, file.path()),
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
