package io.sluice.file;

import io.sluice.InvalidPipeException;
import io.sluice.lane.LostPage;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;

/**
 * The files of one pipe: what it is, who is attached, and its lanes.
 *
 * <p>Any thread may use it.
 */
public final class PipeFiles {
    /** The file that says what the pipe is, and who is attached. */
    public static final String META = "meta";

    /** The file whose bytes the participants lock; it is empty, and never mapped. */
    public static final String LOCKS = "locks";

    /** The file of the first sender's lane; the others count on. */
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
     * Makes a named pipe. The lane of an only sender is made with it; those of many when they
     * attach.
     *
     * @param path its name, which must not exist; its parent must
     * @param geometry what it is to be
     * @return the pipe's files
     * @throws IOException if the name exists, or there is no space
     */
    public static PipeFiles create(Path path, Geometry geometry) throws IOException {
        int lanes = geometry.senders() == 1 ? 1 : 0;
        NamedStorage made = NamedStorage.create(path, geometry, lanes);
        return new PipeFiles(new MappedStorage(made), geometry);
    }

    /**
     * Makes a pipe in memory that has no name in any file system.
     *
     * @param geometry what it is to be
     * @return the pipe's files
     * @throws IOException if there is no memory
     */
    public static PipeFiles createOrdinary(Geometry geometry) throws IOException {
        return MemoryStorage.create(geometry);
    }

    /**
     * Finds a pipe that was made.
     *
     * @param path its name
     * @param ofOthers whether one that another user shares with a group is accepted
     * @return the pipe's files
     * @throws InvalidPipeException if what has that name is no pipe, or not one for this process
     * @throws IOException if nothing has that name
     */
    public static PipeFiles open(Path path, boolean ofOthers) throws IOException {
        return MemoryStorage.isAddress(path)
                ? MemoryStorage.open(path)
                : NamedStorage.open(path, ofOthers);
    }

    /**
     * Does something once an object cannot be reached any more, on a thread of its own.
     *
     * @param user the object, which the task must not lead to
     * @param task what to do then
     * @return does it at once, or not at all if it was done
     */
    public static Cleaner.Cleanable onDropped(Object user, Runnable task) {
        return CLEANER.register(user, task);
    }

    /**
     * Keeps what an ordinary pipe lies in open for one more user.
     *
     * @throws IllegalStateException if the last one has released it
     */
    public void retain() {
        storage.retain();
    }

    /** One user less: the last one closes what an ordinary pipe lies in. */
    public void release() {
        storage.release();
    }

    /**
     * Removes a pipe's name and files. Ends that are attached keep working among themselves.
     *
     * @param path its name
     * @return false if nothing has that name
     * @throws IOException if what has that name is no pipe
     */
    public static boolean delete(Path path) throws IOException {
        if (MemoryStorage.isAddress(path)) {
            throw new InvalidPipeException(
                    path, "an ordinary pipe, which goes with its last user", "a named one");
        }
        return NamedStorage.delete(path);
    }

    /**
     * Opens the part that says who is attached. The caller is not, yet.
     *
     * @return the pipe's {@code meta}, mapped, with locks of its own
     * @throws IOException if the files are gone
     */
    public MetaView openMeta() throws IOException {
        return storage.openMeta(geometry);
    }

    /** Reads what the pipe is, from a file that a peer may cut off meanwhile. */
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

    /** What was read of a page that is gone is anything; the JVM may only have noted that. */
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
     * Makes a sender's lane unless it exists. Only for who holds that sender's lock.
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
     * By what a peer finds the pipe.
     *
     * @return its absolute path
     */
    public Path path() {
        return storage.path();
    }

    /**
     * What the pipe is.
     *
     * @return what its {@code meta} file says
     */
    public Geometry geometry() {
        return geometry;
    }
}
