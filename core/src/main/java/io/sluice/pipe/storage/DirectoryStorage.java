package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.PipeFiles.LANE;
import static io.sluice.pipe.storage.PipeFiles.LOCKS;
import static io.sluice.pipe.storage.PipeFiles.META;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Directory;
import io.sluice.linux.Identifiers;
import io.sluice.linux.Mapping;
import io.sluice.linux.SystemCallException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The directory of a named pipe. It is created under a hidden name and renamed when it is complete,
 * so no process observes an incomplete pipe. A process that creates or removes a pipe holds a lock
 * meanwhile; a hidden directory whose lock is free was abandoned by a dead process, and the next
 * creation of a pipe of that name removes it.
 *
 * <p>Only the owner can access the directory (mode 0700) and its files (0600), unless the pipe is
 * created for a group (2770 and 0660).
 */
final class DirectoryStorage implements PipeFileSet {
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final Pattern PIPE_FILE = Pattern.compile("meta|locks|lane-\\d+(\\.tmp)?");

    /**
     * The byte of {@code locks} that a creator or remover locks, far beyond those of the
     * participants.
     */
    private static final long CREATOR_LOCK = 1L << 40;

    /** The mode of a group's directory: setgid, so files created in it belong to the group. */
    private static final int GROUP_MODE = 02770;

    private static final Set<PosixFilePermission> OWNER_MODE =
            PosixFilePermissions.fromString("rwx------");

    /**
     * Attempts to create a hidden directory, which a concurrent sweep may remove before it is
     * locked.
     */
    private static final int MAX_TRIES = 100;

    /** Attempts to open or delete a pipe that is replaced concurrently. */
    private static final int MAX_REPLACED = 100;

    private final Path path;
    private final FileCheck check;

    private DirectoryStorage(Path path, FileCheck check) {
        this.path = path;
        this.check = check;
    }

    private static String laneName(int index) {
        return LANE.replace("0", Integer.toString(index));
    }

    static boolean isPipeFile(Path name) {
        return name != null && PIPE_FILE.matcher(name.toString()).matches();
    }

    /** Creates a pipe with the given number of lanes. */
    static DirectoryStorage create(Path path, PipeLayout pipeLayout, int lanes) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw alreadyExists(target);
        }
        FileCheck.checkParents(target);
        removeAbandoned(target);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            DirectoryStorage made =
                    new DirectoryStorage(
                            temporaryPath(target, Identifiers.newUuid()), check(pipeLayout, false));
            try (Descriptor locks = made.createDirectory(pipeLayout)) {
                if (locks != null) {
                    made.createFiles(pipeLayout, lanes, target);
                    // In a group's pipe, the members that create lanes own them.
                    return new DirectoryStorage(
                            target, check(pipeLayout, pipeLayout.has(Feature.GROUP)));
                }
            }
        }
        throw new IOException(target + ": what was to become it was removed again and again");
    }

    private void createFiles(PipeLayout pipeLayout, int lanes, Path target) throws IOException {
        try {
            createMeta(pipeLayout);
            for (int i = 0; i < lanes; i++) {
                createLane(pipeLayout, i);
            }
            if (pipeLayout.has(Feature.GROUP)) {
                // Files that members create in it later belong to the group.
                Files.setAttribute(path, "unix:mode", GROUP_MODE);
            }
            // edge NAME, to DirectoryStorage.openFiles: where the name exists, all files are
            // complete.
            Directory.renameNoReplace(path, target);
        } catch (SystemCallException e) {
            deleteFiles(path);
            throw e.errno() == SystemCallException.EEXIST ? alreadyExists(target) : e;
        } catch (IOException | RuntimeException e) {
            deleteFiles(path);
            throw e;
        }
    }

    /**
     * Creates the directory, and takes the lock that marks it as in use.
     *
     * @return the open file of locks; null if a concurrent sweep removed the directory as abandoned
     *     before the lock was taken
     */
    private Descriptor createDirectory(PipeLayout pipeLayout) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_MODE));
        Descriptor locks = null;
        boolean locked = false;
        try {
            Files.setPosixFilePermissions(path, OWNER_MODE); // Independent of the umask.
            locks = createFile(LOCKS, pipeLayout);
            locked = locks.tryLock(CREATOR_LOCK) && Files.exists(path.resolve(LOCKS));
            return locked ? locks : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | RuntimeException e) {
            if (e instanceof SystemCallException s && s.errno() == SystemCallException.ENOENT) {
                return null;
            }
            deleteFiles(path);
            throw e;
        } finally {
            if (locks != null && !locked) {
                locks.close();
            }
        }
    }

    private static FileCheck check(PipeLayout pipeLayout, boolean ofOthers) {
        int group = pipeLayout.has(Feature.GROUP) ? 0 : FileCheck.WRITABLE_BY_GROUP;
        return new FileCheck(ofOthers, FileCheck.WRITABLE_BY_OTHERS | group);
    }

    private static FileAlreadyExistsException alreadyExists(Path path) {
        return new FileAlreadyExistsException(
                path.toString(), null, "open the pipe that is there, or delete it first");
    }

    private static Path temporaryPath(Path target, UUID uuid) {
        return target.resolveSibling(temporaryPrefix(target) + uuid + TEMPORARY_SUFFIX);
    }

    /**
     * Returns the prefix of the hidden names for a target. It contains a checksum of the target's
     * name, so it is short and in ASCII whatever that name is. If two names collide, a directory is
     * still swept only if it was abandoned.
     */
    private static String temporaryPrefix(Path target) {
        CRC32C crc = new CRC32C();
        crc.update(Directory.pathBytes(target.getFileName()));
        return String.format(".sluice-%08x-", crc.getValue());
    }

    /**
     * Removes the hidden directories that killed creators and removers of a pipe of this name left
     * behind.
     */
    private static void removeAbandoned(Path target) throws IOException {
        String prefix = temporaryPrefix(target);
        int length = temporaryPath(target, new UUID(0, 0)).getFileName().toString().length();
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> siblings =
                Files.newDirectoryStream(
                        target.getParent(),
                        p -> {
                            String name = p.getFileName().toString();
                            return name.startsWith(prefix)
                                    && name.endsWith(TEMPORARY_SUFFIX)
                                    && name.length() == length;
                        })) {
            siblings.forEach(left::add);
        }
        for (Path directory : left) {
            if (!Files.exists(directory.resolve(LOCKS), LinkOption.NOFOLLOW_LINKS)) {
                deleteEmpty(directory); // Killed before locks was created, or after its deletion.
                continue;
            }
            try (Descriptor locks = Descriptor.open(directory.resolve(LOCKS))) {
                if (locks.tryLock(CREATOR_LOCK)) {
                    deleteFiles(directory);
                }
            } catch (IOException e) {
                continue; // Another user's, or being created or swept concurrently.
            }
        }
    }

    private static void deleteEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Another user's, or its creator is still running.
        }
    }

    /** Opens an existing pipe. */
    static PipeFiles open(Path path, boolean ofOthers) throws IOException {
        Path target = path.toAbsolutePath();
        FileCheck first = new FileCheck(ofOthers, FileCheck.WRITABLE_BY_OTHERS);
        for (int tries = 1; ; tries++) {
            first.checkDirectory(target);
            try (Descriptor held = Descriptor.openDirectory(target)) {
                try {
                    return openFiles(target, first);
                } catch (IOException | InvalidPipeException e) {
                    if (isSameDirectory(held, target)) {
                        throw e;
                    }
                }
            } catch (SystemCallException e) {
                if (e.errno() != SystemCallException.ENOENT) {
                    throw e;
                }
            }
            if (tries == MAX_REPLACED) {
                throw new IOException(target + " was replaced " + tries + " times meanwhile");
            }
        }
    }

    /** Tests whether a path still refers to the given directory. */
    private static boolean isSameDirectory(Descriptor held, Path target) throws IOException {
        try {
            return Files.isSameFile(held.procPath(), target);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static PipeFiles openFiles(Path target, FileCheck first) throws IOException {
        // edge NAME, from DirectoryStorage.createFiles: the files are complete.
        // Every pipe's meta has at least one page; its exact length is checked once it is known.
        first.checkFile(target.resolve(META), -1);
        PipeLayout pipeLayout;
        try (Descriptor file = Descriptor.open(target.resolve(META));
                Mapping mapping = Mapping.map(file, 0, Mapping.pageSize())) {
            pipeLayout = PipeFiles.readMeta(file.path(), MappedMemory.words(mapping.segment()));
        }
        DirectoryStorage found =
                new DirectoryStorage(target, check(pipeLayout, first.allowOtherOwners()));
        found.check.checkDirectory(target);
        found.check.checkFile(target.resolve(META), pipeLayout.metaLength());
        found.check.checkFile(target.resolve(LOCKS), 0);
        if (pipeLayout.senders() == 1) {
            found.check.checkFile(target.resolve(LANE), pipeLayout.laneLength());
        }
        return new PipeFiles(new MappedStorage(found), pipeLayout);
    }

    static boolean delete(Path path) throws IOException {
        for (int tries = 0; tries < MAX_REPLACED; tries++) {
            Path target;
            try {
                target = open(path, false).path();
            } catch (NoSuchFileException e) {
                return false;
            }
            Path hidden = temporaryPath(target, Identifiers.newUuid());
            try (Descriptor locks = Descriptor.open(target.resolve(LOCKS))) {
                locks.tryLock(CREATOR_LOCK);
                Directory.renameNoReplace(target, hidden);
                deleteFiles(hidden);
                return true;
            } catch (SystemCallException e) {
                if (e.errno() != SystemCallException.ENOENT) {
                    throw e;
                }
                // Removed concurrently: the name is free now, or a new pipe has it.
            }
        }
        throw new IOException(path + " was replaced " + MAX_REPLACED + " times meanwhile");
    }

    /**
     * Deletes a directory and its files; {@code locks} last, because {@link #removeAbandoned} needs
     * it to detect that a partly deleted directory is abandoned.
     */
    private static void deleteFiles(Path directory) throws IOException {
        List<Path> parts = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, p -> isPipeFile(p.getFileName()))) {
            files.forEach(parts::add);
        } catch (NoSuchFileException e) {
            return; // Swept concurrently.
        }
        Path locks = directory.resolve(LOCKS);
        for (Path part : parts) {
            if (!part.equals(locks)) {
                Files.deleteIfExists(part);
            }
        }
        Files.deleteIfExists(locks);
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            throw new IOException(directory + " holds files that are not a pipe's; they stay", e);
        }
    }

    private void createMeta(PipeLayout pipeLayout) throws IOException {
        try (Descriptor meta = createFile(META, pipeLayout)) {
            allocate(meta, 0, pipeLayout.metaLength());
            try (Mapping mapping = Mapping.map(meta, 0, pipeLayout.metaLength())) {
                MetaFile.write(MappedMemory.words(mapping.segment()), pipeLayout);
            }
        }
    }

    private Descriptor createFile(String name, PipeLayout pipeLayout) throws IOException {
        return withMode(Descriptor.create(path.resolve(name)), pipeLayout);
    }

    private static Descriptor withMode(Descriptor file, PipeLayout pipeLayout) throws IOException {
        try { // Independent of the umask.
            file.changeMode(pipeLayout.has(Feature.GROUP) ? 0660 : 0600);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Allocates a region of a file, so that writing there later cannot run out of disk space. */
    static void allocate(Descriptor file, long offset, long length) throws IOException {
        try {
            file.allocate(offset, length);
        } catch (SystemCallException e) {
            if (e.errno() == SystemCallException.ENOSPC
                    || e.errno() == SystemCallException.EDQUOT) {
                throw new IOException(
                        "no space for "
                                + length
                                + " bytes of "
                                + file.path()
                                + ": choose another directory or a smaller capacity",
                        e);
            }
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public FileRegion meta(PipeLayout pipeLayout) throws IOException {
        check.checkFile(path.resolve(META), pipeLayout.metaLength());
        return new FileRegion(Descriptor.open(path.resolve(META)), 0);
    }

    @Override
    public Descriptor locks() throws IOException {
        check.checkFile(path.resolve(LOCKS), 0);
        return Descriptor.open(path.resolve(LOCKS));
    }

    @Override
    public FileRegion lane(PipeLayout pipeLayout, int index) throws IOException {
        Path lane = path.resolve(laneName(index));
        check.checkFile(lane, pipeLayout.laneLength());
        return new FileRegion(Descriptor.open(lane), 0);
    }

    @Override
    public void createLane(PipeLayout pipeLayout, int index) throws IOException {
        Path lane = path.resolve(laneName(index));
        if (Files.exists(lane, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new InvalidPipeException(path, "no directory any more", "a pipe's");
        }
        try (Descriptor held = Descriptor.openDirectory(path)) {
            checkIdentity(pipeLayout, held);
            createLane(pipeLayout, index, held);
        }
    }

    /** Checks that a directory is this pipe's: another pipe may have taken the name. */
    private void checkIdentity(PipeLayout pipeLayout, Descriptor held) throws IOException {
        try (Descriptor meta = Descriptor.open(held.procPath().resolve(META));
                Mapping mapping = Mapping.map(meta, 0, Mapping.pageSize())) {
            Memory words = MappedMemory.words(mapping.segment());
            if (!pipeLayout.isSameAs(PipeFiles.readMeta(path.resolve(META), words))) {
                throw new InvalidPipeException(
                        path, "another pipe under this name", "pipe " + pipeLayout.uuid());
            }
        }
    }

    private void createLane(PipeLayout pipeLayout, int index, Descriptor held) throws IOException {
        String unfinished = laneName(index) + TEMPORARY_SUFFIX;
        Path made = held.procPath().resolve(unfinished);
        Files.deleteIfExists(made);
        Descriptor file = withMode(Descriptor.create(held, unfinished), pipeLayout);
        try (FileRegion fileRegion = new FileRegion(file, 0)) {
            fileRegion.file().resize(pipeLayout.laneLength());
            allocate(fileRegion.file(), 0, pipeLayout.initialLaneLength());
            LaneFile.create(fileRegion, pipeLayout);
            Directory.renameNoReplace(made, held.procPath().resolve(laneName(index)));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }
}
