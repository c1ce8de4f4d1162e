package io.sluice;

import io.sluice.pipe.PipeHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A read-only view of a pipe, for tools: what it was made with, who is attached, and the messages
 * in it. Its files are opened and mapped for reading only. It takes no lock and is no end of the
 * pipe: neither side can notice it.
 *
 * <p>The pipe may belong to another user, if this process may read its files: a process with the
 * rights of root, say. What is read is checked as far as an end would check it; a hostile owner can
 * still show anything.
 *
 * <p>Belongs to one thread at a time.
 */
public final class PipeView implements AutoCloseable {
    private final PipeHandle handle;

    private PipeView(PipeHandle handle) {
        this.handle = handle;
    }

    /**
     * Opens a view of an existing pipe.
     *
     * @param path the name, or the address of an anonymous pipe
     * @return the view
     * @throws java.nio.file.NoSuchFileException if the name does not exist
     * @throws InvalidPipeException if the name is not a pipe, or is a pipe that is damaged, was
     *     created by a newer version of Sluice or on another architecture, or is writable by users
     *     that it is not shared with
     * @throws IOException if it may not be read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static PipeView open(Path path) throws IOException {
        return new PipeView(PipeHandle.openReadOnly(path));
    }

    /**
     * Returns the path of the pipe.
     *
     * @return the absolute path
     */
    public Path path() {
        return handle.path();
    }

    /**
     * Returns what the pipe was made with.
     *
     * @return the names that {@link PipeSpec} has for it, and the values; unmodifiable, in a fixed
     *     order
     */
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String property : handle.properties()) {
            int separator = property.indexOf('=');
            properties.put(property.substring(0, separator), property.substring(separator + 1));
        }
        return Collections.unmodifiableMap(properties);
    }

    /**
     * Returns the length of the longest message that the pipe can carry.
     *
     * @return the length in bytes
     */
    public int maxMessageLength() {
        return handle.maxMessageLength();
    }

    /**
     * Returns a snapshot of the pipe, as {@link Pipe#statistics}.
     *
     * @return the snapshot
     * @throws ChannelCorruptedException if a file was truncated
     * @throws IllegalStateException if this object is closed
     * @throws IOException if the pipe was deleted, or cannot be read
     */
    public PipeStatistics statistics() throws IOException {
        return handle.statistics();
    }

    /**
     * Passes copies of messages to a handler, and does not receive them: those that wait or are
     * being received; of a broadcast, all that are not overwritten yet. For each sender the oldest
     * is first. No message is passed twice, so later calls pass what was sent since then. A message
     * that is received between two calls is missed, except of a broadcast.
     *
     * @param handler the handler; what it gets is valid during its call
     * @param limit the largest number of messages
     * @return the number of messages passed; 0 if there is no other now
     * @throws IllegalArgumentException if the limit is negative
     * @throws ChannelCorruptedException if a lane holds data that no sender wrote, or a file was
     *     truncated
     * @throws IllegalStateException if this object is closed
     * @throws IOException if the pipe was deleted, or cannot be read
     */
    public int peek(MessageHandler handler, int limit) throws IOException {
        Objects.requireNonNull(handler, "handler");
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        return handle.peek(handler, limit);
    }

    /**
     * Returns the lane of the message that the handler has.
     *
     * @return the number of its sender's slot, from 0; meaningful in a handler only
     */
    public int lane() {
        return handle.peekedLane();
    }

    /**
     * Tests whether a receiver had taken the message that the handler has, and not finished it.
     *
     * @return whether it had; meaningful in a handler only
     */
    public boolean isTaken() {
        return handle.isPeekedTaken();
    }

    /**
     * Returns how much of what was sent since the first {@link #peek} was received, dropped or
     * overwritten before it could be passed.
     *
     * @return the number of bytes, including the overhead of each message
     */
    public long missedBytes() {
        return handle.missedBytes();
    }

    /** Releases what the view has mapped. Closing twice has no effect. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "PipeView[" + handle + "]";
    }
}
