package io.sluice;

import io.sluice.file.PipeFiles;
import io.sluice.lane.LaneDescriptor;
import io.sluice.os.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * A named pipe between processes: bytes in messages, through memory that both ends have mapped.
 *
 * <p>Between its ends it behaves as a pipe of the kernel does: messages arrive once, whole and in
 * order; when the sender has closed or died, the receiver drains what was sent and then sees the
 * end; when the receiver has closed or died, the sender gets a {@link BrokenChannelException}. A
 * process may be killed at any instruction, or be paused for any time, and nobody waits for it.
 *
 * <p>The pipe is a directory, and has its name until {@link #delete}. Put it on a tmpfs such as
 * {@code /dev/shm}: on a disk the kernel writes its pages back now and then, for nothing. It is not
 * durable: what was sent survives processes, not the machine.
 *
 * <p>This object is a pipe that was found; ends are opened from it, and live on when it is gone.
 * Any thread may use it. An <em>end</em> belongs to one thread at a time.
 *
 * <p>Needs Linux on x86-64 or AArch64. Native access should be enabled for {@code io.sluice.core}
 * ({@code ALL-UNNAMED} on the class path); without it the JDK prints a warning.
 */
public final class Pipe {
    static final int SENDER = 0;
    static final int RECEIVER = 1;

    private final PipeFiles files;

    private Pipe(PipeFiles files) {
        this.files = files;
    }

    /**
     * Makes a pipe. Its whole space is allocated: later the disk cannot be too full to send.
     *
     * @param path its name; the parent directory must exist, on a local file system
     * @param spec what it is to be
     * @return the pipe
     * @throws java.nio.file.FileAlreadyExistsException if something has that name
     * @throws IOException if there is no space for it, or it cannot be made there
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static Pipe create(Path path, PipeSpec spec) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(spec, "spec");
        Platform.requireLinux();
        return new Pipe(PipeFiles.create(path, spec.laneCapacity()));
    }

    /**
     * Finds a pipe that was made, by this process or another.
     *
     * @param path its name
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if nothing has that name
     * @throws InvalidPipeException if what has that name is no pipe, is damaged, was made by a
     *     newer Sluice or on another kind of machine, or is not this user's alone
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static Pipe open(Path path) throws IOException {
        Objects.requireNonNull(path, "path");
        Platform.requireLinux();
        return new Pipe(PipeFiles.open(path));
    }

    /**
     * Removes a pipe's name and files. Ends that are attached keep working, with each other only.
     *
     * @param path its name
     * @return false if nothing has that name
     * @throws InvalidPipeException if what has that name is no pipe; nothing is removed then
     * @throws IOException if it cannot be removed
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static boolean delete(Path path) throws IOException {
        Objects.requireNonNull(path, "path");
        Platform.requireLinux();
        return PipeFiles.delete(path);
    }

    /**
     * Opens the sending end. It waits by spinning without a break.
     *
     * @return the end
     * @throws IllegalStateException if the pipe has its sender already, in whatever process
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeSender sender() throws IOException {
        return sender(BusySpinIdleStrategy.INSTANCE);
    }

    /**
     * Opens the sending end. If another sender was attached before, this one goes on behind its
     * last message.
     *
     * @param idle what it does between two looks, when it waits because the pipe is full
     * @return the end
     * @throws IllegalStateException if the pipe has its sender already, in whatever process
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeSender sender(IdleStrategy idle) throws IOException {
        return new PipeSender(PipeEnd.attach(files, SENDER, idle));
    }

    /**
     * Opens the receiving end. It waits by spinning without a break.
     *
     * @return the end
     * @throws IllegalStateException if the pipe has its receiver already, in whatever process
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver() throws IOException {
        return receiver(BusySpinIdleStrategy.INSTANCE);
    }

    /**
     * Opens the receiving end. If another receiver was attached before, this one begins with the
     * first message that it had not finished with its batch.
     *
     * @param idle what it does between two looks, when it waits because the pipe is empty
     * @return the end
     * @throws IllegalStateException if the pipe has its receiver already, in whatever process
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver(IdleStrategy idle) throws IOException {
        return new PipeReceiver(PipeEnd.attach(files, RECEIVER, idle));
    }

    /**
     * Where the pipe is.
     *
     * @return its absolute path
     */
    public Path path() {
        return files.path();
    }

    /**
     * How much the pipe holds.
     *
     * @return in bytes, a power of two
     */
    public int capacity() {
        return files.geometry().capacity();
    }

    /**
     * The longest message that the pipe can carry.
     *
     * @return in bytes
     */
    public int maxMessageLength() {
        return LaneDescriptor.maxPayloadLength(capacity());
    }

    @Override
    public String toString() {
        return "Pipe[" + path() + ", capacity=" + capacity() + "]";
    }
}
