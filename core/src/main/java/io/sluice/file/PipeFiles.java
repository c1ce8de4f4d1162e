package io.sluice.file;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Directory;
import io.sluice.os.Mapping;
import io.sluice.os.SystemCallException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The directory that is a pipe. It is made under a hidden name and renamed when it is whole, so
 * nobody ever sees a part of one; a process that dies while it makes one leaves the hidden
 * directory, never a broken pipe.
 *
 * <p>The directory is its owner's alone (mode 0700), and its files are (0600). A directory that
 * others may write to, or that is another user's, is refused, and no symbolic link is followed.
 */
public final class PipeFiles {
    /** The file that says what the pipe is. */
    public static final String META = "meta";

    /** The file whose bytes the participants lock; it is empty, and never mapped. */
    public static final String LOCKS = "locks";

    /** The file of the only sender's lane. */
    public static final String LANE = "lane-0";

    private static final int WRITABLE_BY_OTHERS = 0022;

    private final Path path;
    private final Geometry geometry;

    private PipeFiles(Path path, Geometry geometry) {
        this.path = path;
        this.geometry = geometry;
    }

    /**
     * Makes a pipe.
     *
     * @param path its name, which must not exist; its parent must
     * @param capacity the capacity of a lane in bytes, a power of two of whole pages
     * @return the pipe's files
     * @throws IOException if the name exists, or there is no space
     */
    public static PipeFiles create(Path path, int capacity) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(target);
        }
        Geometry geometry = new Geometry(UUID.randomUUID(), Mapping.pageSize(), capacity, 1, 1);
        Path hidden =
                target.resolveSibling("." + target.getFileName() + "." + geometry.uuid() + ".tmp");
        Files.createDirectory(
                hidden,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            try (Descriptor meta = createFile(hidden.resolve(META), geometry.metaLength());
                    Mapping mapping = Mapping.map(meta, 0, geometry.metaLength())) {
                MetaFile.write(MappedMemory.words(mapping.segment()), geometry);
            }
            Descriptor.create(hidden.resolve(LOCKS)).close();
            LaneFile.create(hidden.resolve(LANE), geometry);
            // edge NAME, to PipeFiles.open: whoever finds the name finds all files whole.
            Directory.renameNoReplace(hidden, target);
        } catch (SystemCallException e) {
            deleteFiles(hidden);
            throw e.errno() == SystemCallException.EEXIST ? exists(target) : e;
        } catch (IOException | RuntimeException e) {
            deleteFiles(hidden);
            throw e;
        }
        return new PipeFiles(target, geometry);
    }

    private static FileAlreadyExistsException exists(Path path) {
        return new FileAlreadyExistsException(
                path.toString(), null, "open the pipe that is there, or delete it first");
    }

    /**
     * Finds a pipe that was made.
     *
     * @param path its name
     * @return the pipe's files
     * @throws InvalidPipeException if what has that name is no pipe, or not one for this process
     * @throws IOException if nothing has that name
     */
    public static PipeFiles open(Path path) throws IOException {
        Path target = path.toAbsolutePath();
        // edge NAME, from PipeFiles.create: the files are whole.
        checkDirectory(target);
        Path metaPath = target.resolve(META);
        // Every pipe's meta has at least one page; its true length is checked once it is known.
        checkFile(metaPath, -1);
        try (Descriptor file = Descriptor.open(metaPath);
                Mapping mapping = Mapping.map(file, 0, Mapping.pageSize())) {
            Geometry geometry = MetaFile.read(metaPath, MappedMemory.words(mapping.segment()));
            checkFile(metaPath, geometry.metaLength());
            checkFile(target.resolve(LOCKS), 0);
            checkFile(target.resolve(LANE), geometry.laneLength());
            return new PipeFiles(target, geometry);
        }
    }

    /**
     * Removes a pipe's name and files. Ends that are attached keep working among themselves.
     *
     * @param path its name
     * @return false if nothing has that name
     * @throws IOException if what has that name is no pipe
     */
    public static boolean delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path target = open(path).path;
        Path hidden = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        Directory.renameNoReplace(target, hidden);
        deleteFiles(hidden);
        return true;
    }

    private static void deleteFiles(Path directory) throws IOException {
        for (String name : List.of(META, LANE, LOCKS)) {
            Files.deleteIfExists(directory.resolve(name));
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            throw new IOException(directory + " holds files that are not a pipe's; they stay", e);
        }
    }

    /** Creates a file with all of its space allocated. */
    static Descriptor createFile(Path path, long length) throws IOException {
        Descriptor file = Descriptor.create(path);
        try {
            file.allocate(length);
            return file;
        } catch (SystemCallException e) {
            file.close();
            if (e.errno() == SystemCallException.ENOSPC
                    || e.errno() == SystemCallException.EDQUOT) {
                throw new IOException(
                        "no space for "
                                + length
                                + " bytes of "
                                + path.getFileName()
                                + " in "
                                + path.getParent().getParent()
                                + ": choose another directory or a smaller capacity",
                        e);
            }
            throw e;
        }
    }

    private static void checkDirectory(Path path) throws IOException {
        Map<String, Object> found = attributes(path);
        if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
            throw new InvalidPipeException(path, kind(found), "a directory, which a pipe is");
        }
        checkOwner(path, found);
    }

    /** Checks what the file is, whose, and how long; a length of -1 stands for a page or more. */
    static void checkFile(Path path, long length) throws IOException {
        Map<String, Object> found = attributes(path);
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
            throw new InvalidPipeException(path, kind(found), "a regular file");
        }
        checkOwner(path, found);
        long size = (long) found.get("size");
        if (length == -1 ? size < Mapping.pageSize() : size != length) {
            throw new InvalidPipeException(
                    path,
                    size + " bytes",
                    length == -1 ? "at least " + Mapping.pageSize() : length + " bytes");
        }
    }

    private static void checkOwner(Path path, Map<String, Object> found) throws IOException {
        int owner = (int) found.get("uid");
        if (owner != Directory.userId()) {
            throw new InvalidPipeException(
                    path, "owner " + owner, "this process's user " + Directory.userId());
        }
        int mode = (int) found.get("mode");
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new InvalidPipeException(
                    path,
                    String.format("mode %04o", mode & 07777),
                    "one that only its owner may write to");
        }
    }

    private static Map<String, Object> attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(
                    path,
                    "unix:isDirectory,isRegularFile,isSymbolicLink,uid,mode,size",
                    LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            boolean inside = List.of(META, LOCKS, LANE).contains(path.getFileName().toString());
            if (inside && Files.isDirectory(path.getParent())) {
                throw new InvalidPipeException(
                        path.getParent(), "no file " + path.getFileName(), "a pipe's files");
            }
            throw new NoSuchFileException(path.toString(), null, "no pipe has this name");
        }
    }

    private static String kind(Map<String, Object> found) {
        if (Boolean.TRUE.equals(found.get("isSymbolicLink"))) {
            return "a symbolic link";
        }
        if (Boolean.TRUE.equals(found.get("isDirectory"))) {
            return "a directory";
        }
        return Boolean.TRUE.equals(found.get("isRegularFile")) ? "a file" : "a special file";
    }

    /**
     * Attaches one end.
     *
     * @param participant which one: senders first, then receivers
     * @return the attachment
     * @throws IOException if the files are gone or cannot be locked
     * @throws IllegalStateException if that end is attached already, by whatever process
     */
    public Participants attach(int participant) throws IOException {
        Path metaPath = path.resolve(META);
        try (Descriptor meta = Descriptor.open(metaPath)) {
            Mapping mapping = Mapping.map(meta, 0, geometry.metaLength());
            Descriptor locks = null;
            try {
                Memory memory = MappedMemory.words(mapping.segment());
                if (!MetaFile.read(metaPath, memory).equals(geometry)) {
                    throw new InvalidPipeException(
                            path, "another pipe under this name", "pipe " + geometry.uuid());
                }
                locks = Descriptor.open(path.resolve(LOCKS));
                return Participants.attach(path, memory, mapping, locks, participant);
            } catch (IOException | RuntimeException e) {
                if (locks != null) {
                    locks.close();
                }
                mapping.close();
                throw e;
            }
        }
    }

    /**
     * Maps the only sender's lane.
     *
     * @return the mapped lane
     * @throws IOException if the file is gone or is not this pipe's
     */
    public LaneFile openLane() throws IOException {
        return LaneFile.open(path.resolve(LANE), geometry);
    }

    /**
     * The pipe's name.
     *
     * @return its absolute path
     */
    public Path path() {
        return path;
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
