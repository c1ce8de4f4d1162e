package io.sluice;

import io.sluice.pipe.PipeHandle;
import io.sluice.wait.Deadline;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.agrona.concurrent.IdleStrategy;

/**
 * A message channel between processes, in memory that its ends map.
 *
 * <p>Its semantics are those of a kernel pipe ({@code pipe(7)}), for messages: each message arrives
 * once, whole, and in the order in which its sender sent it. When the last sender has closed or its
 * process has died, the receivers drain what was sent and then see the end of the stream. When the
 * last receiver has closed or died, senders get a {@link BrokenChannelException}. A process may be
 * killed at any instruction, or be paused for any time, without blocking the other ends. A message
 * that a receiver had taken and not finished when its process was killed is delivered again, and
 * marked (see {@link Delivery}).
 *
 * <p>A named pipe is a directory, and keeps its name until {@link #delete}. Put it on a tmpfs such
 * as {@code /dev/shm}: on a disk file system the kernel writes dirty pages back from time to time,
 * without benefit. A pipe is not durable: messages survive processes, not the machine.
 *
 * <p>This object is a handle to an existing pipe. Ends are opened from it, and stay open after it
 * is closed or unreachable. Any thread may use it. An <em>end</em> belongs to one thread at a time.
 *
 * <p>Close each end. An end that becomes unreachable without being closed is closed when the
 * garbage collector finds it, with a warning by the {@link System.Logger} {@code io.sluice}; until
 * then it occupies its slot, and the other side waits for it.
 *
 * <p>Needs Linux on x86-64 or AArch64. Native access should be enabled for {@code io.sluice}
 * ({@code ALL-UNNAMED} on the class path). Without it the JDK prints a warning, or, with {@code
 * --illegal-native-access=deny}, each method that creates, opens or deletes a pipe throws an {@link
 * IllegalCallerException} that names the flag, and has no effect.
 */
public final class Pipe implements AutoCloseable {
    private final PipeHandle handle;

    Pipe(PipeHandle handle) {
        this.handle = handle;
    }

    /**
     * Creates a named pipe. Its space is allocated in advance, except for an unbounded pipe, so
     * that no send can fail for lack of disk space.
     *
     * @param path the name; the parent directory must exist, on a local file system
     * @param spec the specification
     * @return the pipe
     * @throws java.nio.file.FileAlreadyExistsException if the name exists
     * @throws IOException if there is no space for the pipe, or it cannot be created there
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe create(Path path, PipeSpec spec) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(spec, "spec");
        return new Pipe(PipeHandle.create(path, spec.parameters()));
    }

    /**
     * Opens an existing pipe, created by this process or another one.
     *
     * @param path the name
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if the name does not exist
     * @throws InvalidPipeException if the name is not a pipe, or is a pipe that is damaged, was
     *     created by a newer version of Sluice or on another architecture, is owned by another
     *     user, or is writable by users that it is not shared with
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe open(Path path) throws IOException {
        return new Pipe(PipeHandle.open(path, false));
    }

    /**
     * Opens a pipe that this user or another one shares with a group, see {@link
     * PipeSpec#sharedWithGroup}. The owner and every member of the group may modify its files in
     * any way; this can harm this process only through the content of messages.
     *
     * @param path the name
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if the name does not exist
     * @throws InvalidPipeException if the name is not a pipe, or is a pipe that is damaged, was
     *     created by a newer version of Sluice or on another architecture, or is writable by users
     *     that it is not shared with
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe openShared(Path path) throws IOException {
        return new Pipe(PipeHandle.open(path, true));
    }

    /**
     * Opens a pipe, or creates it if its name does not exist. Of several processes that call this
     * at the same time, one creates the pipe, and all open it; another one may delete the name
     * meanwhile. A pipe that exists must have the same specification.
     *
     * @param path the name; the parent directory must exist, on a local file system
     * @param spec the specification; if it is {@linkplain PipeSpec#sharedWithGroup shared with the
     *     group}, the pipe may be another user's, as for {@link #openShared}
     * @return the pipe
     * @throws InvalidPipeException if the pipe exists with another specification: the message names
     *     each value that differs, and the one that was specified; or if it cannot be opened, as
     *     for {@link #open(Path)}
     * @throws IOException if there is no space for the pipe, or it cannot be created there or read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe openOrCreate(Path path, PipeSpec spec) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(spec, "spec");
        return new Pipe(PipeHandle.openOrCreate(path, spec.parameters()));
    }

    /**
     * Opens a pipe, and waits up to a timeout for it to be created.
     *
     * @param path the name
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if the name still does not exist after that time
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws InvalidPipeException as {@link #open(Path)}
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe open(Path path, Duration timeout) throws IOException, InterruptedException {
        Objects.requireNonNull(path, "path");
        Deadline deadline = new Deadline();
        deadline.start(Deadline.nanos(timeout));
        while (true) {
            try {
                return open(path);
            } catch (NoSuchFileException e) {
                if (!deadline.park(path)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Creates an anonymous pipe. It has no name, is stored in memory, and is freed when the last
     * process that has it open closes it or exits in any way.
     *
     * <p>A process of the same user opens {@link #path} while this object, or an end that was
     * opened from it, is open. Pass the path to that process as an argument, or by any other means.
     *
     * <p>The pipe takes a file descriptor and memory until this object and every end that was
     * opened from it are {@linkplain #close closed}.
     *
     * @param spec the specification
     * @return the pipe
     * @throws IOException if there is no memory for it
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Pipe anonymous(PipeSpec spec) throws IOException {
        Objects.requireNonNull(spec, "spec");
        return new Pipe(PipeHandle.createAnonymous(spec.parameters()));
    }

    /**
     * Removes a pipe's name and files. Ends that are attached keep working, with each other only.
     * Two limits apply. In a pipe for many senders a receiver opens a sender's lane when it first
     * looks for messages after that sender attached; if that happens after the removal, the
     * receiver gets a {@link ChannelCorruptedException}, once. Messages that a receiver has taken
     * when it is killed after the removal are not delivered again.
     *
     * @param path the name
     * @return false if the name does not exist
     * @throws InvalidPipeException if the name is not a pipe; nothing is removed then
     * @throws IOException if it cannot be removed
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static boolean delete(Path path) throws IOException {
        return PipeHandle.delete(path);
    }

    /**
     * Opens a sending end. To wait for room it spins briefly and then blocks in {@code futex(2)}.
     * If its slot had another sender before, this one continues after the last message of that
     * sender.
     *
     * @return the end
     * @throws IllegalStateException if every sender slot is taken, by any process, and none becomes
     *     free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the lane of each free slot holds data that no sender
     *     wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted or cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender() throws IOException {
        return sender(EndOptions.defaults());
    }

    /**
     * Opens a sending end that never blocks in the kernel.
     *
     * @param idle what the end does between two checks while it waits for room
     * @return the end
     * @throws IllegalStateException if every sender slot is taken, by any process, and none becomes
     *     free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the lane of each free slot holds data that no sender
     *     wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted or cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender(IdleStrategy idle) throws IOException {
        return sender(EndOptions.defaults().withIdleStrategy(idle));
    }

    /**
     * Opens a sending end.
     *
     * @param options how the end waits for room; neither {@linkplain EndOptions#lossy() lossy} nor
     *     with a {@linkplain EndOptions#startAt(PipePosition) start}
     * @return the end
     * @throws IllegalArgumentException if the options are those of a receiver only
     * @throws IllegalStateException if every sender slot is taken, by any process, and none becomes
     *     free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the lane of each free slot holds data that no sender
     *     wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted or cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender(EndOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        options.checkForSender();
        return new PipeSender(this, handle.sender(options.idle(), options.spins()));
    }

    /**
     * Opens a receiving end. To wait for messages it spins briefly and then blocks in {@code
     * futex(2)}. If its slot had another receiver before, this one begins with the first message
     * that the other one had not finished. In a broadcast it begins after the newest message.
     *
     * @return the end
     * @throws IllegalStateException if every receiver slot is taken, by any process, and none
     *     becomes free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the only lane holds data that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver() throws IOException {
        return receiver(EndOptions.defaults());
    }

    /**
     * Opens a receiving end that never blocks in the kernel.
     *
     * @param idle what the end does between two checks while it waits for messages
     * @return the end
     * @throws IllegalStateException if every receiver slot is taken, by any process, and none
     *     becomes free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the only lane holds data that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver(IdleStrategy idle) throws IOException {
        return receiver(EndOptions.defaults().withIdleStrategy(idle));
    }

    /**
     * Opens a receiving end.
     *
     * @param options how the end waits for messages, whether it favors latency or throughput, and
     *     how it joins a broadcast
     * @return the end
     * @throws IllegalArgumentException if the options are those of a broadcast and this is none, or
     *     if no message of this pipe begins at the position
     * @throws IllegalStateException if every receiver slot is taken, by any process, and none
     *     becomes free within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the only lane holds data that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver(EndOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        return new PipeReceiver(
                this,
                handle.receiver(
                        options.idle(),
                        options.spins(),
                        options.drain(),
                        options.isLossy(),
                        options.start()));
    }

    /**
     * Returns a snapshot of the pipe: how much it holds, the positions of its ends, and the
     * processes that they belong to. Any process that may open the pipe may call this at any time;
     * it only reads, and does not slow the ends down.
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
     * Closes this handle, not the pipe: the ends that were opened from it stay open, and must be
     * closed separately; no further ends can be opened from it. For an anonymous pipe this releases
     * the file descriptor and the memory as soon as those ends are closed, too; {@link #path} is
     * not valid after that. For a named pipe it releases nothing, and need not be called. Closing
     * twice has no effect.
     */
    @Override
    public void close() {
        handle.close();
    }

    /**
     * Returns the path by which another process opens the pipe.
     *
     * @return the absolute path; that of an anonymous pipe is valid for as long as this process has
     *     the pipe open
     */
    public Path path() {
        return handle.path();
    }

    /**
     * Returns the capacity for each sender; of an unbounded pipe, the capacity of each of its
     * rings. A rendezvous pipe has no buffer: its capacity is the space for the message that a
     * sender offers.
     *
     * @return the capacity in bytes, a power of two
     */
    public int capacity() {
        return handle.capacity();
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
     * Returns how many senders can be attached at once.
     *
     * @return the number, at least 1
     */
    public int maxSenders() {
        return handle.senders();
    }

    /**
     * Returns how many receivers can be attached at once.
     *
     * @return the number, at least 1
     */
    public int maxReceivers() {
        return handle.receivers();
    }

    /**
     * Tests whether each message of this pipe has a position that identifies it: {@link
     * MessageBatch#position}.
     *
     * @return false if the pipe has many receivers, {@link Order#ARRIVAL}, or drops its oldest
     *     messages, and if it is a rendezvous or a broadcast
     */
    public boolean hasPositions() {
        return handle.hasPositions();
    }

    /**
     * Returns the identity of the pipe, which it got when it was created.
     *
     * @return the identity: another one for each pipe, also for a later one of the same path
     */
    public UUID id() {
        return handle.uuid();
    }

    /**
     * Tests whether another object is a handle to the same pipe, by whichever path each was opened.
     *
     * @param other another object
     * @return true if it is a {@code Pipe}, and refers to this pipe
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Pipe pipe && handle.equals(pipe.handle);
    }

    @Override
    public int hashCode() {
        return handle.hashCode();
    }

    @Override
    public String toString() {
        return "Pipe[" + handle + "]";
    }
}
