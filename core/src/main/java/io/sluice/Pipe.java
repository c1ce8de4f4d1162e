package io.sluice;

import io.sluice.end.Observer;
import io.sluice.end.ReceivingEnd;
import io.sluice.end.SendingEnd;
import io.sluice.file.PipeFiles;
import io.sluice.os.Platform;
import io.sluice.waiting.Limit;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * A pipe between processes: bytes in messages, through memory that its ends have mapped.
 *
 * <p>Between its ends it behaves as a pipe of the kernel does: messages arrive once, whole, and in
 * the order in which each sender sent them; when the last sender has closed or died, the receivers
 * drain what was sent and then see the end; when the last receiver has closed or died, senders get
 * a {@link BrokenChannelException}. A process may be killed at any instruction, or be paused for
 * any time, and nobody waits for it; what a receiver had taken and not finished when it was killed
 * comes again, marked (see {@link Delivery}).
 *
 * <p>A named pipe is a directory, and has its name until {@link #delete}. Put it on a tmpfs such as
 * {@code /dev/shm}: on a disk the kernel writes its pages back now and then, for nothing. It is not
 * durable: what was sent survives processes, not the machine.
 *
 * <p>This object is a pipe that was found; ends are opened from it, and live on when it is closed
 * or gone. Any thread may use it. An <em>end</em> belongs to one thread at a time.
 *
 * <p>Close each end. One that was dropped, so that nothing can reach it any more, is closed when
 * the garbage collector notices, with a warning by the {@link System.Logger} {@code io.sluice};
 * until then its place is taken, and the other side waits for it.
 *
 * <p>Needs Linux on x86-64 or AArch64. Native access should be enabled for {@code io.sluice.core}
 * ({@code ALL-UNNAMED} on the class path); without it the JDK prints a warning, or, with {@code
 * --illegal-native-access=deny}, each method that makes, finds or deletes a pipe throws an {@link
 * IllegalCallerException} that names the flag, and does nothing.
 */
public final class Pipe implements AutoCloseable {
    private static final long FIRST_NAP_NANOS = 100_000;
    private static final long LONGEST_NAP_NANOS = 10_000_000;

    private final PipeFiles files;
    private final AtomicBoolean closed = new AtomicBoolean();

    Pipe(PipeFiles files) {
        this.files = files;
    }

    /**
     * Makes a pipe. Its whole space is allocated, that of an unbounded pipe excepted: later the
     * disk cannot be too full to send.
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
        return new Pipe(PipeFiles.create(path, spec.geometry()));
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
        return new Pipe(PipeFiles.open(path, false));
    }

    /**
     * Finds a pipe that this user or another one shares with a group, see {@link
     * PipeSpec#sharedWithGroup}. Its owner and every member of the group may do to it what they
     * like; it cannot harm this process otherwise than by what the messages say.
     *
     * @param path its name
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if nothing has that name
     * @throws InvalidPipeException if what has that name is no pipe, is damaged, was made by a
     *     newer Sluice or on another kind of machine, or may be written to by others
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static Pipe openShared(Path path) throws IOException {
        Objects.requireNonNull(path, "path");
        Platform.requireLinux();
        return new Pipe(PipeFiles.open(path, true));
    }

    /**
     * Finds a pipe, and waits some time for it to be made.
     *
     * @param path its name
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the pipe
     * @throws java.nio.file.NoSuchFileException if nothing has that name after that time
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws InvalidPipeException as {@link #open(Path)}
     * @throws IOException if it cannot be read
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static Pipe open(Path path, Duration timeout) throws IOException, InterruptedException {
        Objects.requireNonNull(path, "path");
        Limit limit = new Limit();
        limit.start(Limit.nanos(timeout));
        for (long nap = FIRST_NAP_NANOS; ; nap = Math.min(2 * nap, LONGEST_NAP_NANOS)) {
            try {
                return open(path);
            } catch (NoSuchFileException e) {
                long left = limit.left();
                if (left <= 0) {
                    throw e;
                }
                LockSupport.parkNanos(path, Math.min(nap, left));
            }
        }
    }

    /**
     * Makes an ordinary pipe: one without a name, for this process and those that it tells where it
     * is. It lies in memory, and is gone with the last process that has it open, however that one
     * ends.
     *
     * <p>A peer of the same user opens {@link #path} while this object, or an end that was opened
     * from it, is open: give it the path as an argument, or by any other means.
     *
     * <p>It takes a file descriptor and memory until it is {@linkplain #close closed}, and each end
     * that was opened from it is.
     *
     * @param spec what it is to be
     * @return the pipe
     * @throws IOException if there is no memory for it
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static Pipe ordinary(PipeSpec spec) throws IOException {
        Objects.requireNonNull(spec, "spec");
        Platform.requireLinux();
        return new Pipe(PipeFiles.createOrdinary(spec.geometry()));
    }

    /**
     * Removes a pipe's name and files. Ends that are attached keep working, with each other only.
     * But of a pipe for many, a receiver finds a sender's lane when it first looks for messages
     * after that one came: not if that is after the removal (a {@link ChannelCorruptedException},
     * once). And what a receiver has taken when it is killed after the removal is not delivered
     * again.
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
     * Opens a sending end. When it waits for room it spins a little and then sleeps. If its place
     * had another sender before, this one goes on behind its last message.
     *
     * @return the end
     * @throws IllegalStateException if the pipe has as many senders as it was made for, in whatever
     *     processes, and none leaves within half a second; or if this object is closed
     * @throws ChannelCorruptedException if no place is free but such whose lane holds something
     *     that no sender wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted, cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender() throws IOException {
        return sender(EndOptions.defaults());
    }

    /**
     * Opens a sending end that never sleeps.
     *
     * @param idle what it does between two looks, when it waits because the pipe is full
     * @return the end
     * @throws IllegalStateException if the pipe has as many senders as it was made for, in whatever
     *     processes, and none leaves within half a second; or if this object is closed
     * @throws ChannelCorruptedException if no place is free but such whose lane holds something
     *     that no sender wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted, cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender(IdleStrategy idle) throws IOException {
        return sender(EndOptions.defaults().withIdleStrategy(idle));
    }

    /**
     * Opens a sending end.
     *
     * @param options how it waits for room
     * @return the end
     * @throws IllegalStateException if the pipe has as many senders as it was made for, in whatever
     *     processes, and none leaves within half a second
     * @throws ChannelCorruptedException if no place is free but such whose lane holds something
     *     that no sender wrote, or was given up by a receiver
     * @throws IOException if the pipe was deleted, cannot be mapped, or there is no space for
     *     another lane
     */
    public PipeSender sender(EndOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        checkOpen();
        return new PipeSender(this, SendingEnd.attach(files, options.waiting()));
    }

    /**
     * Opens a receiving end. When it waits for messages it spins a little and then sleeps. If its
     * place had another receiver before, this one begins with the first message that it had not
     * finished.
     *
     * @return the end
     * @throws IllegalStateException if the pipe has as many receivers as it was made for, in
     *     whatever processes, and none leaves within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the only lane holds something that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver() throws IOException {
        return receiver(EndOptions.defaults());
    }

    /**
     * Opens a receiving end that never sleeps.
     *
     * @param idle what it does between two looks, when it waits because the pipe is empty
     * @return the end
     * @throws IllegalStateException if the pipe has as many receivers as it was made for, in
     *     whatever processes, and none leaves within half a second; or if this object is closed
     * @throws ChannelCorruptedException if the only lane holds something that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver(IdleStrategy idle) throws IOException {
        return receiver(EndOptions.defaults().withIdleStrategy(idle));
    }

    /**
     * Opens a receiving end.
     *
     * @param options how it waits for messages, and what it prefers
     * @return the end
     * @throws IllegalStateException if the pipe has as many receivers as it was made for, in
     *     whatever processes, and none leaves within half a second
     * @throws ChannelCorruptedException if the only lane holds something that no sender wrote
     * @throws IOException if the pipe was deleted or cannot be mapped
     */
    public PipeReceiver receiver(EndOptions options) throws IOException {
        Objects.requireNonNull(options, "options");
        checkOpen();
        return new PipeReceiver(
                this, ReceivingEnd.attach(files, options.waiting(), options.drain()));
    }

    /**
     * Looks how much the pipe holds, how far its ends are, and who they are. Any process that may
     * open the pipe may look, at any time; it reads only, and costs the ends nothing.
     *
     * @return what was seen
     * @throws ChannelCorruptedException if a file was cut off
     * @throws IllegalStateException if this object is closed
     * @throws IOException if the pipe was deleted, or cannot be read
     */
    public PipeStatistics statistics() throws IOException {
        checkOpen();
        return Observer.look(files);
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException(
                    path() + " was closed here: open it again, or open its ends before");
        }
    }

    /**
     * Closes what was found, not the pipe: the ends that were opened from this object stay open,
     * and must be closed themselves. This object opens no other ends. Of an ordinary pipe it gives
     * file descriptor and memory back, as soon as those ends are closed, too; {@link #path} leads
     * nowhere then. A named pipe keeps nothing open, and nothing is lost if it is never closed.
     * Closing twice is no error.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            files.release();
        }
    }

    /**
     * Where a peer finds the pipe.
     *
     * @return its absolute path; that of an ordinary pipe is good for as long as it is open here
     */
    public Path path() {
        return files.path();
    }

    /**
     * How much the pipe holds of each sender; of an unbounded pipe, how much each of its rings
     * holds. A rendezvous pipe holds nothing; there it is the space for the message that a sender
     * offers.
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
        return SendingEnd.maxMessageLength(files.geometry());
    }

    /**
     * Whether another object stands for the same pipe, by whatever path it was found.
     *
     * @param other another object
     * @return whether it is a pipe, and this one
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Pipe pipe
                && files.geometry().uuid().equals(pipe.files.geometry().uuid());
    }

    @Override
    public int hashCode() {
        return files.geometry().uuid().hashCode();
    }

    @Override
    public String toString() {
        return "Pipe["
                + path()
                + ", capacity="
                + capacity()
                + ", senders="
                + files.geometry().senders()
                + ", receivers="
                + files.geometry().receivers()
                + "]";
    }
}
