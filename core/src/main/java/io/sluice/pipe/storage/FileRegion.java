package io.sluice.pipe.storage;

import io.sluice.linux.Descriptor;

/**
 * A region of an open file; its content determines where it ends.
 *
 * @param file the file, which closing the section closes
 * @param offset the beginning of the region, a multiple of the page size
 */
record FileRegion(Descriptor file, long offset) implements AutoCloseable {
    @Override
    public void close() {
        file.close();
    }
}
