package io.sluice.bench;

import java.nio.file.Path;

/**
 * An end of a subject whose other end is in another process.
 *
 * @param path the name that both ends have: a place for a file, in memory
 * @param size the messages' length in bytes
 * @param sends whether it is the sending end
 * @param first whether it is opened before the other one
 */
record RemoteEnd(Path path, int size, boolean sends, boolean first) {}
