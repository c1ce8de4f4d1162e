package io.sluice.file;

import io.sluice.InvalidPipeException;
import io.sluice.lane.LostPage;
import io.sluice.memory.Memory;
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
    private final Geometry geometry;

    /** Its thread ends when this class can be unloaded. */
    private static final Cleaner CLEANER = Cleaner.create();

    PipeFiles(Storage storage, Geometry geometry) {
        this.storage = storage;
        this.geometry = geometry;
    }

    /**
     * Creates a named pipe. The lane of a single sender is created with the pipe; the lanes of
     * several senders when they attach.
     *
     * @param path the name, which must not exist; its parent must
     * @param geometry the geometry of the pipe
     * @return the pipe's files
     * @throws IOException if the name exists, or there is no space
     */
    public static PipeFiles create(Path path, Geometry geometry) throws IOException {
        int lanes = geometry.senders() == 1 ? 1 : 0;
        NamedStorage made = NamedStorage.create(path, geometry, lanes);
        return new PipeFiles(new MappedStorage(made), geometry);
    }

    /**
     * Creates an anonymous pipe, in memory that has no name in any file system.
     *
     * @param geometry the geometry of the pipe
     * @return the pipe's files
     * @throws IOException if there is no memory
     */
    public static PipeFiles createOrdinary(Geometry geometry) throws IOException {
        return MemoryStorage.create(geometry);
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
        return MemoryStorage.isAddress(path)
                ? MemoryStorage.open(path)
                : NamedStorage.open(path, ofOthers);
    }

    /**
     * Registers a task to run once an object has become unreachable, on the cleaner's thread.
     *
     * @param user the object, to which the task must not refer
     * @param task the task
     * @return the registration: its {@code clean} runs the task at once, unless it has already run
     */
    public static Cleaner.Cleanable onDropped(Object user, Runnable task) {
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
        if (MemoryStorage.isAddress(path)) {
            throw new InvalidPipeException(
                    path, "an ordinary pipe, which goes with its last user", "a named one");
        }
        return NamedStorage.delete(path);
    }

    /**
     * Opens {@code meta}. The caller is not attached yet.
     *
     * @return the mapped {@code meta}, with locks of its own
     * @throws IOException if the files are gone
     */
    public MetaView openMeta() throws IOException {
        return storage.openMeta(geometry);
    }

    /** Reads the geometry from a file that a peer may truncate concurrently. */
    static Geometry readMeta(Path path, Memory meta) throws InvalidPipeException {
        try {
            Geometry geometry = MetaFile.read(path, meta);
            LostPage.settle();
            return geometry;
        } catch (InvalidPipeException | RuntimeException e) {
            checkNotCutOff(path);
            throw e;
        } catch (InternalError e) {
            throw cutOff(path, e);
        }
    }

    /**
     * Throws if a page was lost: what was read from it is arbitrary, and the JVM may not have
     * thrown the error yet.
     */
    private static void checkNotCutOff(Path path) throws InvalidPipeException {
        try {
            LostPage.settle();
        } catch (InternalError e) {
            throw cutOff(path, e);
        }
    }

    private static InvalidPipeException cutOff(Path path, InternalError e) {
        InvalidPipeException thrown =
                new InvalidPipeException(path, "a file that was just cut off", "a pipe's");
        thrown.initCause(LostPage.asCorruption(e));
        return thrown;
    }

    /**
     * Creates a sender's lane unless it exists. The caller must hold the sender's lock.
     *
     * @param index the sender's number
     * @throws IOException if there is no space for it
     */
    public void makeLane(int index) throws IOException {
        try {
            storage.makeLane(geometry, index);
            LostPage.settle();
        } catch (IOException | RuntimeException e) {
            checkNotCutOff(path());
            throw e;
        } catch (InternalError e) {
            throw cutOff(path(), e);
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
            LaneFile lane = storage.openLane(geometry, index);
            LostPage.settle();
            return lane;
        } catch (IOException | RuntimeException e) {
            checkNotCutOff(path());
            throw e;
        } catch (InternalError e) {
            throw cutOff(path(), e);
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
    public Geometry geometry() {
        return geometry;
    }
}
