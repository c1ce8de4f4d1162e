package io.sluice.pipe;

import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.PipeStatistics;
import io.sluice.linux.Platform;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.wait.DrainMode;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * A handle to an existing pipe, from which ends are attached. The methods that make one check that
 * this system is supported before any class that links functions is used.
 *
 * <p>Any thread.
 */
public final class PipeHandle implements AutoCloseable {
    private final PipeFiles files;
    private final AtomicBoolean closed = new AtomicBoolean();
    private PipePeek peek; // Null until the first peek.

    /**
     * Creates a handle to files that are open.
     *
     * @param files the files
     */
    public PipeHandle(PipeFiles files) {
        this.files = files;
    }

    /**
     * Creates a named pipe.
     *
     * @param path the name
     * @param parameters the parameters
     * @return the pipe
     * @throws IOException if the name exists, or there is no space
     */
    public static PipeHandle create(Path path, PipeParameters parameters) throws IOException {
        check(path);
        return new PipeHandle(PipeFiles.create(path, parameters.layout()));
    }

    /**
     * Opens an existing pipe.
     *
     * @param path the name
     * @param ofOthers whether to accept a pipe that another user shares with a group
     * @return the pipe
     * @throws io.sluice.InvalidPipeException if the path is not a pipe, or not one for this process
     * @throws IOException if the path does not exist
     */
    public static PipeHandle open(Path path, boolean ofOthers) throws IOException {
        check(path);
        return new PipeHandle(PipeFiles.open(path, ofOthers));
    }

    /**
     * Opens an existing pipe, of any user, for reading only. No end can be attached from it.
     *
     * @param path the name
     * @return the pipe
     * @throws io.sluice.InvalidPipeException if the path is not a pipe, or not one for this process
     * @throws IOException if the path does not exist, or may not be read
     */
    public static PipeHandle openReadOnly(Path path) throws IOException {
        check(path);
        return new PipeHandle(PipeFiles.openReadOnly(path));
    }

    /**
     * Opens a pipe, or creates it if its name does not exist.
     *
     * @param path the name
     * @param parameters the parameters
     * @return the pipe
     * @throws io.sluice.InvalidPipeException if the pipe exists with other parameters
     * @throws IOException if the pipe can be neither opened nor created
     */
    public static PipeHandle openOrCreate(Path path, PipeParameters parameters) throws IOException {
        check(path);
        PipeFiles files = PipeFiles.openOrCreate(path, parameters.layout());
        parameters.checkSame(path, files.pipeLayout());
        return new PipeHandle(files);
    }

    /**
     * Creates an anonymous pipe.
     *
     * @param parameters the parameters
     * @return the pipe
     * @throws IOException if there is no memory
     */
    public static PipeHandle createAnonymous(PipeParameters parameters) throws IOException {
        return new PipeHandle(PipeFiles.createAnonymous(parameters.layout()));
    }

    /**
     * Deletes a pipe's name and files.
     *
     * @param path the name
     * @return false if the name does not exist
     * @throws IOException if the name is not a pipe
     */
    public static boolean delete(Path path) throws IOException {
        check(path);
        return PipeFiles.delete(path);
    }

    /**
     * Registers a node to be closed, with a warning, once an object has become unreachable.
     *
     * @param user the object, to which the other arguments must not refer
     * @param name the node's name
     * @param closed whether the node is closed
     * @param close the task that closes it
     * @return the registration: its {@code clean} runs the task at once, unless it has already run
     */
    public static Cleaner.Cleanable onUnreachable(
            Object user, String name, BooleanSupplier closed, Runnable close) {
        return PipeFiles.onUnreachable(
                user, new LeakedEnd("node", "node " + name, "name", closed, close));
    }

    private static void check(Path path) {
        Objects.requireNonNull(path, "path");
        Platform.requireLinux();
    }

    /**
     * Attaches a sender.
     *
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link
     *     io.sluice.wait.Waiter#DEFAULT_SPINS}
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     */
    public SenderEndpoint sender(IdleStrategy idle, int spins) throws IOException {
        return SenderEndpoint.attach(openFiles(), idle, spins);
    }

    /**
     * Attaches a sender in a given slot, which gives it a given lane.
     *
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link
     *     io.sluice.wait.Waiter#DEFAULT_SPINS}
     * @param slot the number of the slot, and of the lane
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if another sender has the slot
     */
    public SenderEndpoint sender(IdleStrategy idle, int spins, int slot) throws IOException {
        return SenderEndpoint.attach(openFiles(), idle, spins, slot);
    }

    /**
     * Attaches a receiver; of a broadcast a gated one, which begins with the newest message.
     *
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link
     *     io.sluice.wait.Waiter#DEFAULT_SPINS}
     * @param drain how long the receiver backs off from lanes after a batch
     * @return the receiver's end
     * @throws IOException if the pipe is gone
     */
    public ReceiverEndpoint receiver(IdleStrategy idle, int spins, DrainMode drain)
            throws IOException {
        return receiver(idle, spins, drain, false, PipePosition.NEWEST);
    }

    /**
     * Attaches a receiver.
     *
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link
     *     io.sluice.wait.Waiter#DEFAULT_SPINS}
     * @param drain how long the receiver backs off from lanes after a batch
     * @param lossy of a broadcast: whether senders may overwrite what it has not received
     * @param start of a broadcast: where the receiver begins
     * @return the receiver's end
     * @throws IOException if the pipe is gone
     * @throws IllegalArgumentException if this is no broadcast and the last two are not false and
     *     {@link PipePosition#NEWEST}, or if no message of the pipe begins at the start
     */
    public ReceiverEndpoint receiver(
            IdleStrategy idle, int spins, DrainMode drain, boolean lossy, PipePosition start)
            throws IOException {
        return ReceiverEndpoint.attach(openFiles(), idle, spins, drain, lossy, start);
    }

    /**
     * Takes a snapshot of the pipe.
     *
     * @return the statistics
     * @throws IOException if the pipe is gone or cannot be read
     */
    public PipeStatistics statistics() throws IOException {
        return PipeInspector.snapshot(openFiles());
    }

    /**
     * Hands out copies of messages that this handle has not handed out before, and does not receive
     * them. One thread at a time, as the next two.
     *
     * @param handler the handler
     * @param limit the largest number of messages
     * @return the number of messages handed out
     * @throws IOException if the pipe is gone or cannot be read
     */
    public int peek(MessageHandler handler, int limit) throws IOException {
        PipeFiles open = openFiles();
        if (peek == null) {
            peek = new PipePeek(open);
        }
        return peek.peek(handler, limit);
    }

    /**
     * Returns the lane of the message that is being handed out.
     *
     * @return the number of its sender's slot
     */
    public int peekedLane() {
        return peek == null ? 0 : peek.lane();
    }

    /**
     * Tests whether a receiver had taken the message that is being handed out.
     *
     * @return whether it had
     */
    public boolean isPeekedTaken() {
        return peek != null && peek.isTaken();
    }

    /**
     * Returns how much {@link #peek} did not find any more since the first call.
     *
     * @return the number of bytes, including the overhead of each message
     */
    public long missedBytes() {
        return peek == null ? 0 : peek.missedBytes();
    }

    /**
     * Returns what the pipe was made with.
     *
     * @return a name and a value of each property, as {@code name=value}
     */
    public List<String> properties() {
        return PipeParameters.describe(files.pipeLayout());
    }

    private PipeFiles openFiles() {
        if (closed.get()) {
            throw new IllegalStateException(
                    path() + " was closed here: open it again, or open its ends before");
        }
        return files;
    }

    /** Closes this handle: no further ends can be attached through it. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            if (peek != null) {
                peek.close();
            }
            files.release();
        }
    }

    /**
     * Returns the path by which other processes open the pipe.
     *
     * @return the absolute path
     */
    public Path path() {
        return files.path();
    }

    /**
     * Returns the capacity of a ring.
     *
     * @return the capacity in bytes
     */
    public int capacity() {
        return files.pipeLayout().capacity();
    }

    /**
     * Returns the maximum message length.
     *
     * @return the length in bytes
     */
    public int maxMessageLength() {
        return SenderEndpoint.maxMessageLength(files.pipeLayout());
    }

    /**
     * Returns the number of sender slots.
     *
     * @return the number, at least 1
     */
    public int senders() {
        return files.pipeLayout().senders();
    }

    /**
     * Returns the number of receiver slots.
     *
     * @return the number, at least 1
     */
    public int receivers() {
        return files.pipeLayout().receivers();
    }

    /**
     * Tests whether a run of messages has positions.
     *
     * @return whether each lane is a ring, or a list of them, of one receiver that takes lanes in
     *     turns
     */
    public boolean hasPositions() {
        PipeLayout layout = files.pipeLayout();
        return !layout.usesSpmcRings()
                && !layout.has(Feature.BROADCAST)
                && !layout.has(Feature.RENDEZVOUS)
                && !layout.has(Feature.ARRIVAL_ORDER);
    }

    /**
     * Returns the identity of the pipe.
     *
     * @return the identity
     */
    public UUID uuid() {
        return files.pipeLayout().uuid();
    }

    /** Tests whether another object is a handle to the same pipe. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PipeHandle handle
                && files.pipeLayout().uuid().equals(handle.files.pipeLayout().uuid());
    }

    @Override
    public int hashCode() {
        return files.pipeLayout().uuid().hashCode();
    }

    @Override
    public String toString() {
        PipeLayout layout = files.pipeLayout();
        return "%s, capacity=%s, senders=%s, receivers=%s"
                .formatted(path(), layout.capacity(), layout.senders(), layout.receivers());
    }
}
