package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.PipeLayout.Feature;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of one pipe: its geometry, its participants, and its lanes.
 *
 * <p>Thread-safe.
 */
public abstract class PipeFiles {
    /** The name of the file with the geometry and the participants. */
    public static final String META = "meta";

    /** The name of the file whose bytes the participants lock; it is empty, and never mapped. */
    public static final String LOCKS = "locks";

    /** The name of the first sender's lane; the other lanes are numbered consecutively. */
    public static final String LANE = "lane-0";

    /** Attempts to open or create a pipe that others create and delete. */
    private static final int MAX_REPLACED = 100;

    private final Path path;
    private final PipeLayout pipeLayout;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    /** Its thread ends when this class can be unloaded. */
    private static final Cleaner CLEANER = Cleaner.create();

    PipeFiles(Path path, PipeLayout pipeLayout) {
        this.path = path;
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
        return DirectoryStorage.createNamed(path, pipeLayout);
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
                ? MemfdStorage.openAddress(path, true)
                : DirectoryStorage.openNamed(path, ofOthers, true);
    }

    /**
     * Opens an existing pipe, of any user, for reading only: what is opened from it is mapped
     * read-only, so nothing that is read from it may be written, and no end may be attached.
     *
     * @param path its name
     * @return the pipe's files
     * @throws InvalidPipeException if the path is not a pipe, or not one for this process
     * @throws IOException if the path does not exist, or may not be read
     */
    public static PipeFiles openReadOnly(Path path) throws IOException {
        return MemfdStorage.isAddress(path)
                ? MemfdStorage.openAddress(path, false)
                : DirectoryStorage.openNamed(path, true, false);
    }

    /**
     * Opens a pipe, or creates it if its name does not exist. Both are atomic, so one of them
     * succeeds unless the name appears and vanishes all the time.
     *
     * @param path its name
     * @param pipeLayout the geometry of the pipe if it is created
     * @return the pipe's files
     * @throws IOException if the pipe can be neither opened nor created
     */
    public static PipeFiles openOrCreate(Path path, PipeLayout pipeLayout) throws IOException {
        for (int tries = 0; tries < MAX_REPLACED; tries++) {
            try {
                return open(path, pipeLayout.has(Feature.GROUP));
            } catch (NoSuchFileException e) {
                try {
                    return create(path, pipeLayout);
                } catch (FileAlreadyExistsException made) {
                    continue; // By another process, meanwhile.
                }
            }
        }
        throw new IOException(
                path + " was created and deleted " + MAX_REPLACED + " times meanwhile");
    }

    /**
     * Closes resources, in this order, each one even if closing another fails.
     *
     * @param resources the resources; null elements are skipped
     * @throws RuntimeException the first failure, wrapped in an {@link IllegalStateException} if it
     *     is checked, with later failures suppressed
     * @throws Error likewise
     */
    public static void closeAll(Iterable<? extends AutoCloseable> resources) {
        Throwable failure = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Throwable e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failure);
        }
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
    public void retain() {}

    /** Removes a user of the memory of an anonymous pipe; the last one closes it. */
    public void release() {}

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
        return DirectoryStorage.deleteNamed(path);
    }

    /**
     * Opens {@code meta}. The caller is not attached yet.
     *
     * @return the participants, with locks of the caller's own
     * @throws IOException if the files are gone
     */
    public abstract Participants openMeta() throws IOException;

    /**
     * Creates a sender's lane unless it exists. The caller must hold the sender's lock, so no other
     * process creates the lane concurrently; a dead sender may have left a part of it.
     *
     * @param index the sender's number
     * @throws IOException if there is no space for it
     */
    public final void createLane(int index) throws IOException {
        guard(
                path,
                () -> {
                    allocateLane(index);
                    return null;
                });
    }

    abstract void allocateLane(int index) throws IOException;

    /**
     * Maps a sender's lane.
     *
     * @param index the sender's number
     * @return the mapped lane
     * @throws IOException if the file is gone or is not this pipe's
     */
    public final RingMemory openLane(int index) throws IOException {
        return guard(path, () -> mapLane(index));
    }

    abstract RingMemory mapLane(int index) throws IOException;

    /** A task on a file that a peer may truncate concurrently. */
    interface FileTask<T> {
        T run() throws IOException;
    }

    /**
     * Runs a task. If a page was lost, what was read from it is arbitrary, and so any result is.
     */
    static <T> T guard(Path path, FileTask<T> task) throws IOException {
        try {
            T result = task.run();
            MappingFault.poll();
            return result;
        } catch (IOException | RuntimeException e) {
            try {
                MappingFault.poll();
            } catch (InternalError lost) {
                throw truncated(path, lost);
            }
            throw e;
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
     * Tests whether something is reported of this pipe for the first time: what would be repeated
     * is reported once.
     *
     * @param kind what is reported
     * @return whether this is the first call with it
     */
    public final boolean isFirst(String kind) {
        return reported.add(kind);
    }

    /**
     * Returns the path by which other processes open the pipe.
     *
     * @return the absolute path
     */
    public final Path path() {
        return path;
    }

    /**
     * Returns the geometry of the pipe.
     *
     * @return the content of {@code meta}'s immutable part
     */
    public final PipeLayout pipeLayout() {
        return pipeLayout;
    }
}
