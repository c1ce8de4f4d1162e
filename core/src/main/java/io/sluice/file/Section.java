package io.sluice.file;

import io.sluice.os.Descriptor;

/**
 * A part of an open file, up to an end that its content says.
 *
 * @param file the file, which the section's user closes
 * @param offset where the part begins, a multiple of the page size
 */
record Section(Descriptor file, long offset) implements AutoCloseable {
    @Override
    public void close() {
        file.close();
    }
}
