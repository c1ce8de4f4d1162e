package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Libc;
import io.sluice.linux.Platform;
import io.sluice.linux.SystemCallException;
import io.sluice.pipe.storage.PipeLayout.Feature;
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
final class DirectoryStorage extends MappedStorage {
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final Pattern PIPE_FILE = Pattern.compile("meta|locks|lane-\\d+(\\.tmp)?");

    /**
     * The byte of {@code locks} that a creator or remover locks, far beyond those of the
     * participants.
     */
    private static final long CREATOR_LOCK = 1L << 40;

    /** Of a directory: the files created in it belong to its group. */
    private static final int SETGID = 02000;

    /** The mode of a group's directory. */
    private static final int GROUP_MODE = SETGID | 0770;

    private static final Set<PosixFilePermission> OWNER_MODE =
            PosixFilePermissions.fromString("rwx------");

    /**
     * Attempts to create a hidden directory, which a concurrent sweep may remove before it is
     * locked.
     */
    private static final int MAX_TRIES = 100;

    /** Attempts to open or delete a pipe that is replaced concurrently. */
    private static final int MAX_REPLACED = 100;

    private final FileCheck check;
    private final boolean writable;

    private DirectoryStorage(Path path, PipeLayout pipeLayout, FileCheck check, boolean writable) {
        super(path, pipeLayout);
        this.check = check;
        this.writable = writable;
    }

    private static String laneName(int index) {
        return LANE.replace("0", Integer.toString(index));
    }

    static boolean isPipeFile(Path name) {
        return name != null && PIPE_FILE.matcher(name.toString()).matches();
    }

    static DirectoryStorage createNamed(Path path, PipeLayout pipeLayout) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw alreadyExists(target);
        }
        FileCheck.checkParents(target);
        removeAbandoned(target);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            DirectoryStorage made =
                    new DirectoryStorage(
                            temporaryPath(target, Platform.newUuid()),
                            pipeLayout,
                            check(pipeLayout, false),
                            true);
            try (Descriptor locks = made.createDirectory()) {
                if (locks != null) {
                    made.createFiles(target);
                    // In a group's pipe, the members that create lanes own them.
                    return new DirectoryStorage(
                            target,
                            pipeLayout,
                            check(pipeLayout, pipeLayout.has(Feature.GROUP)),
                            true);
                }
            }
        }
        throw new IOException(target + ": what was to become it was removed again and again");
    }

    private void createFiles(Path target) throws IOException {
        try {
            try (FileRegion meta = new FileRegion(createFile(META), 0)) {
                createMeta(meta, pipeLayout());
            }
            if (pipeLayout().senders() == 1) {
                allocateLane(0);
            }
            if (pipeLayout().has(Feature.GROUP)) {
                // Files that members create in it later belong to the group.
                Files.setAttribute(path(), "unix:mode", GROUP_MODE);
            }
            // edge NAME, to DirectoryStorage.openFiles: where the name exists, all files are
            // complete.
            Descriptor.renameNoReplace(path(), target);
        } catch (IOException | RuntimeException e) {
            deleteFiles(path());
            if (isErrno(e, SystemCallException.EEXIST)) {
                throw alreadyExists(target);
            }
            throw e;
        }
    }

    private static boolean isErrno(Exception e, int errno) {
        return e instanceof SystemCallException failed && failed.errno() == errno;
    }

    /**
     * Creates the directory, and takes the lock that marks it as in use.
     *
     * @return the open file of locks; null if a concurrent sweep removed the directory as abandoned
     *     before the lock was taken
     */
    private Descriptor createDirectory() throws IOException {
        Files.createDirectory(path(), PosixFilePermissions.asFileAttribute(OWNER_MODE));
        Descriptor locks = null;
        boolean locked = false;
        try {
            // Independent of the umask. Where the parent is setgid, its group is the pipe's.
            int setgid = pipeLayout().has(Feature.GROUP) ? SETGID : 0;
            Files.setAttribute(path(), "unix:mode", setgid | 0700);
            locks = createFile(LOCKS);
            locked = locks.tryLock(CREATOR_LOCK) && Files.exists(path().resolve(LOCKS));
            return locked ? locks : null;
        } catch (IOException | RuntimeException e) {
            if (e instanceof NoSuchFileException || isErrno(e, SystemCallException.ENOENT)) {
                return null;
            }
            deleteFiles(path());
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
        String remedy =
                Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                        ? "open the pipe that is there (Pipe.open, openOrCreate), or delete it"
                                + " first (Pipe.delete)"
                        : "a file, not a pipe, has this name: choose another";
        return new FileAlreadyExistsException(path.toString(), null, remedy);
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
        crc.update(Libc.pathBytes(target.getFileName()));
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
            try {
                if (Files.exists(directory.resolve(LOCKS), LinkOption.NOFOLLOW_LINKS)) {
                    deleteIfUnlocked(directory);
                } else { // Killed before locks was created, or after its deletion.
                    Files.deleteIfExists(directory);
                }
            } catch (IOException e) {
                // Another user's, or being created or swept concurrently.
            }
        }
    }

    private static void deleteIfUnlocked(Path directory) throws IOException {
        try (Descriptor locks = Descriptor.open(directory.resolve(LOCKS))) {
            if (locks.tryLock(CREATOR_LOCK)) {
                deleteFiles(directory);
            }
        }
    }

    /** Opens an existing pipe. */
    static DirectoryStorage openNamed(Path path, boolean ofOthers, boolean writable)
            throws IOException {
        Path target = path.toAbsolutePath();
        FileCheck first = new FileCheck(ofOthers, FileCheck.WRITABLE_BY_OTHERS);
        for (int tries = 1; ; tries++) {
            first.checkDirectory(target);
            try (Descriptor held = Descriptor.openDirectory(target)) {
                try {
                    return openFiles(target, first, writable);
                } catch (IOException | InvalidPipeException e) {
                    if (isSameDirectory(held, target)) {
                        throw e;
                    }
                }
            } catch (SystemCallException e) {
                if (!isErrno(e, SystemCallException.ENOENT)) {
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

    private static DirectoryStorage openFiles(Path target, FileCheck first, boolean writable)
            throws IOException {
        // edge NAME, from DirectoryStorage.createFiles: the files are complete.
        // Every pipe's meta has at least one page; its exact length is checked once it is known.
        first.checkFile(target.resolve(META), -1);
        PipeLayout pipeLayout;
        try (Descriptor file = openFile(target.resolve(META), writable)) {
            pipeLayout = readLayout(file, file.path());
        }
        DirectoryStorage found =
                new DirectoryStorage(
                        target, pipeLayout, check(pipeLayout, first.allowOtherOwners()), writable);
        found.check.checkDirectory(target);
        found.check.checkFile(target.resolve(META), pipeLayout.metaLength());
        found.check.checkFile(target.resolve(LOCKS), 0);
        if (pipeLayout.senders() == 1) {
            found.check.checkFile(target.resolve(LANE), pipeLayout.laneLength());
        }
        return found;
    }

    static boolean deleteNamed(Path path) throws IOException {
        for (int tries = 0; tries < MAX_REPLACED; tries++) {
            Path target;
            try {
                target = openNamed(path, false, true).path();
            } catch (NoSuchFileException e) {
                return false;
            }
            Path hidden = temporaryPath(target, Platform.newUuid());
            try (Descriptor locks = Descriptor.open(target.resolve(LOCKS))) {
                locks.tryLock(CREATOR_LOCK);
                Descriptor.renameNoReplace(target, hidden);
                deleteFiles(hidden);
                return true;
            } catch (SystemCallException e) {
                if (!isErrno(e, SystemCallException.ENOENT)) {
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

    private Descriptor createFile(String name) throws IOException {
        return withMode(Descriptor.create(path().resolve(name)));
    }

    private Descriptor withMode(Descriptor file) throws IOException {
        try { // Independent of the umask.
            file.changeMode(pipeLayout().has(Feature.GROUP) ? 0660 : 0600);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    FileRegion meta() throws IOException {
        return open(META, pipeLayout().metaLength());
    }

    @Override
    Descriptor locks() throws IOException {
        return open(LOCKS, 0).file();
    }

    @Override
    FileRegion lane(int index) throws IOException {
        return open(laneName(index), pipeLayout().laneLength());
    }

    private FileRegion open(String name, long length) throws IOException {
        Path file = path().resolve(name);
        try {
            check.checkFile(file, length);
            return new FileRegion(openFile(file, writable), 0);
        } catch (IOException e) {
            throw Files.exists(path(), LinkOption.NOFOLLOW_LINKS) ? e : deleted();
        }
    }

    private NoSuchFileException deleted() {
        return new NoSuchFileException(
                path().toString(),
                null,
                "the pipe was deleted: ends that are attached go on, and others need a new one"
                        + " (Pipe.create)");
    }

    private static Descriptor openFile(Path file, boolean writable) throws IOException {
        return writable ? Descriptor.open(file) : Descriptor.openReadOnly(file);
    }

    @Override
    void allocateLane(int index) throws IOException {
        if (Files.exists(path().resolve(laneName(index)), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path())) {
            throw new InvalidPipeException(path(), "no directory any more", "a pipe's");
        }
        try (Descriptor held = Descriptor.openDirectory(path())) {
            try (Descriptor meta = Descriptor.open(held.procPath().resolve(META))) {
                checkIdentity(readLayout(meta, path().resolve(META)));
            }
            createLane(index, held);
        }
    }

    private void createLane(int index, Descriptor held) throws IOException {
        String unfinished = laneName(index) + TEMPORARY_SUFFIX;
        Path made = held.procPath().resolve(unfinished);
        Files.deleteIfExists(made);
        try (FileRegion lane = new FileRegion(withMode(Descriptor.create(held, unfinished)), 0)) {
            lane.file().resize(pipeLayout().laneLength());
            lane.allocate(pipeLayout().initialLaneLength());
            LaneFile.create(lane, pipeLayout());
            Descriptor.renameNoReplace(made, held.procPath().resolve(laneName(index)));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }
}
