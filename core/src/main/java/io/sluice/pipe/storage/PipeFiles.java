package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.memory.Memory;
import io.sluice.ring.MappingFault;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;

/**
 * The files of one pipe: its geometry, its participants, and its lanes.
 *
 * <p>Thread-safe.
 */
public final class PipeFiles {
    /** The name of the file with the geometry and the participants. */
    public static final String META = "meta";

    /** The name of the file whose bytes the participants lock; it is empty, and never mapped. */
    public static final String LOCKS = "locks";

    /** The name of the first sender's lane; the other lanes are numbered consecutively. */
    public static final String LANE = "lane-0";

    private final Storage storage;
    private final PipeLayout pipeLayout;

    /** Its thread ends when this class can be unloaded. */
    private static final Cleaner CLEANER = Cleaner.create();

    PipeFiles(Storage storage, PipeLayout pipeLayout) {
        this.storage = storage;
        this.pipeLayout = pipeLayout;
    }

    /**
     * Creates a named pipe. The lane of a single sender is created with the pipe; the lanes of
     * several senders when they attach.
     *
     * @param path the name, which must not exist; its parent must
     * @param pipeLayout the geometry of the pipe
     * @return the pipe's files
     * @throws IOException if the name exists, or there is no space
     */
    public static PipeFiles create(Path path, PipeLayout pipeLayout) throws IOException {
        int lanes = pipeLayout.senders() == 1 ? 1 : 0;
        DirectoryStorage made = DirectoryStorage.create(path, pipeLayout, lanes);
        return new PipeFiles(new MappedStorage(made), pipeLayout);
    }

    /**
     * Creates an anonymous pipe, in memory that has no name in any file system.
     *
     * @param pipeLayout the geometry of the pipe
     * @return the pipe's files
     * @throws IOException if there is no memory
     */
    public static PipeFiles createAnonymous(PipeLayout pipeLayout) throws IOException {
        return MemfdStorage.create(pipeLayout);
    }

    /**
     * Opens an existing pipe.
     *
     * @param path its name
     * @param ofOthers whether to accept a pipe that another user shares with a group
     * @return the pipe's files
     * @throws InvalidPipeException if the path is not a pipe, or not one for this process
     * @throws IOException if the path does not exist
     */
    public static PipeFiles open(Path path, boolean ofOthers) throws IOException {
        return MemfdStorage.isAddress(path)
                ? MemfdStorage.open(path)
                : DirectoryStorage.open(path, ofOthers);
    }

    /**
     * Registers a task to run once an object has become unreachable, on the cleaner's thread.
     *
     * @param user the object, to which the task must not refer
     * @param task the task
     * @return the registration: its {@code clean} runs the task at once, unless it has already run
     */
    public static Cleaner.Cleanable onUnreachable(Object user, Runnable task) {
        return CLEANER.register(user, task);
    }

    /**
     * Adds a user of the memory of an anonymous pipe, which keeps it open.
     *
     * @throws IllegalStateException if the last user has released it
     */
    public void retain() {
        storage.retain();
    }

    /** Removes a user of the memory of an anonymous pipe; the last one closes it. */
    public void release() {
        storage.release();
    }

    /**
     * Deletes a pipe's name and files. Attached ends keep working with each other.
     *
     * @param path its name
     * @return false if the path does not exist
     * @throws IOException if the path is not a pipe
     */
    public static boolean delete(Path path) throws IOException {
        if (MemfdStorage.isAddress(path)) {
            throw new InvalidPipeException(
                    path, "an anonymous pipe, which is gone with its last user", "a named one");
        }
        return DirectoryStorage.delete(path);
    }

    /**
     * Opens {@code meta}. The caller is not attached yet.
     *
     * @return the mapped {@code meta}, with locks of its own
     * @throws IOException if the files are gone
     */
    public MetaView openMeta() throws IOException {
        return storage.openMeta(pipeLayout);
    }

    /** Reads the geometry from a file that a peer may truncate concurrently. */
    static PipeLayout readMeta(Path path, Memory meta) {
        try {
            PipeLayout pipeLayout = MetaFile.read(path, meta);
            MappingFault.poll();
            return pipeLayout;
        } catch (RuntimeException e) {
            checkNotTruncated(path);
            throw e;
        } catch (InternalError e) {
            throw truncated(path, e);
        }
    }

    /**
     * Throws if a page was lost: what was read from it is arbitrary, and the JVM may not have
     * thrown the error yet.
     */
    private static void checkNotTruncated(Path path) {
        try {
            MappingFault.poll();
        } catch (InternalError e) {
            throw truncated(path, e);
        }
    }

    private static InvalidPipeException truncated(Path path, InternalError e) {
        InvalidPipeException thrown =
                new InvalidPipeException(path, "a file that was just cut off", "a pipe's");
        thrown.initCause(MappingFault.asCorruption(e));
        return thrown;
    }

    /**
     * Creates a sender's lane unless it exists. The caller must hold the sender's lock.
     *
     * @param index the sender's number
     * @throws IOException if there is no space for it
     */
    public void createLane(int index) throws IOException {
        try {
            storage.createLane(pipeLayout, index);
            MappingFault.poll();
        } catch (IOException | RuntimeException e) {
            checkNotTruncated(path());
            throw e;
        } catch (InternalError e) {
            throw truncated(path(), e);
        }
    }

    /**
     * Maps a sender's lane.
     *
     * @param index the sender's number
     * @return the mapped lane
     * @throws IOException if the file is gone or is not this pipe's
     */
    public LaneFile openLane(int index) throws IOException {
        try {
            LaneFile lane = storage.openLane(pipeLayout, index);
            MappingFault.poll();
            return lane;
        } catch (IOException | RuntimeException e) {
            checkNotTruncated(path());
            throw e;
        } catch (InternalError e) {
            throw truncated(path(), e);
        }
    }

    /**
     * Returns the path by which other processes open the pipe.
     *
     * @return the absolute path
     */
    public Path path() {
        return storage.path();
    }

    /**
     * Returns the geometry of the pipe.
     *
     * @return the content of {@code meta}'s immutable part
     */
    public PipeLayout pipeLayout() {
        return pipeLayout;
    }
}
