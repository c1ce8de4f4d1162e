package io.sluice.file;

import static io.sluice.file.PipeFiles.LANE;
import static io.sluice.file.PipeFiles.LOCKS;
import static io.sluice.file.PipeFiles.META;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Directory;
import io.sluice.os.Identity;
import io.sluice.os.Mapping;
import io.sluice.os.SystemCallException;
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
final class NamedStorage implements Parts {
    private static final String UNFINISHED = ".tmp";
    private static final Pattern PART = Pattern.compile("meta|locks|lane-\\d+(\\.tmp)?");

    /**
     * The byte of {@code locks} that a creator or remover locks, far beyond those of the
     * participants.
     */
    private static final long MAKER = 1L << 40;

    /** The mode of a group's directory: setgid, so files created in it belong to the group. */
    private static final int GROUP_DIRECTORY = 02770;

    private static final Set<PosixFilePermission> OWNERS_DIRECTORY =
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

    private NamedStorage(Path path, FileCheck check) {
        this.path = path;
        this.check = check;
    }

    private static String laneName(int index) {
        return LANE.replace("0", Integer.toString(index));
    }

    static boolean isPart(Path name) {
        return name != null && PART.matcher(name.toString()).matches();
    }

    /** Creates a pipe with the given number of lanes. */
    static NamedStorage create(Path path, Geometry geometry, int lanes) throws IOException {
        Path target = path.toAbsolutePath();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(target);
        }
        FileCheck.parents(target);
        sweep(target);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            NamedStorage made =
                    new NamedStorage(hidden(target, Identity.newUuid()), check(geometry, false));
            try (Descriptor locks = made.makeDirectory(geometry)) {
                if (locks != null) {
                    made.makeFiles(geometry, lanes, target);
                    // In a group's pipe, the members that create lanes own them.
                    return new NamedStorage(target, check(geometry, geometry.has(Feature.GROUP)));
                }
            }
        }
        throw new IOException(target + ": what was to become it was removed again and again");
    }

    private void makeFiles(Geometry geometry, int lanes, Path target) throws IOException {
        try {
            makeMeta(geometry);
            for (int i = 0; i < lanes; i++) {
                makeLane(geometry, i);
            }
            if (geometry.has(Feature.GROUP)) {
                // Files that members create in it later belong to the group.
                Files.setAttribute(path, "unix:mode", GROUP_DIRECTORY);
            }
            // edge NAME, to NamedStorage.openFiles: where the name exists, all files are complete.
            Directory.renameNoReplace(path, target);
        } catch (SystemCallException e) {
            deleteFiles(path);
            throw e.errno() == SystemCallException.EEXIST ? exists(target) : e;
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
    private Descriptor makeDirectory(Geometry geometry) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNERS_DIRECTORY));
        Descriptor locks = null;
        boolean locked = false;
        try {
            Files.setPosixFilePermissions(path, OWNERS_DIRECTORY); // Independent of the umask.
            locks = createFile(LOCKS, geometry);
            locked = locks.tryLock(MAKER) && Files.exists(path.resolve(LOCKS));
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

    private static FileCheck check(Geometry geometry, boolean ofOthers) {
        int group = geometry.has(Feature.GROUP) ? 0 : FileCheck.WRITABLE_BY_GROUP;
        return new FileCheck(ofOthers, FileCheck.WRITABLE_BY_OTHERS | group);
    }

    private static FileAlreadyExistsException exists(Path path) {
        return new FileAlreadyExistsException(
                path.toString(), null, "open the pipe that is there, or delete it first");
    }

    private static Path hidden(Path target, UUID uuid) {
        return target.resolveSibling(hiddenPrefix(target) + uuid + UNFINISHED);
    }

    /**
     * Returns the prefix of the hidden names for a target. It contains a checksum of the target's
     * name, so it is short and in ASCII whatever that name is. If two names collide, a directory is
     * still swept only if it was abandoned.
     */
    private static String hiddenPrefix(Path target) {
        CRC32C crc = new CRC32C();
        crc.update(Directory.bytes(target.getFileName()));
        return String.format(".sluice-%08x-", crc.getValue());
    }

    /**
     * Removes the hidden directories that killed creators and removers of a pipe of this name left
     * behind.
     */
    private static void sweep(Path target) throws IOException {
        String prefix = hiddenPrefix(target);
        int length = hidden(target, new UUID(0, 0)).getFileName().toString().length();
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> siblings =
                Files.newDirectoryStream(
                        target.getParent(),
                        p -> {
                            String name = p.getFileName().toString();
                            return name.startsWith(prefix)
                                    && name.endsWith(UNFINISHED)
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
                if (locks.tryLock(MAKER)) {
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
            first.directory(target);
            try (Descriptor held = Descriptor.openDirectory(target)) {
                try {
                    return openFiles(target, first);
                } catch (IOException e) {
                    if (isStill(held, target)) {
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
    private static boolean isStill(Descriptor held, Path target) throws IOException {
        try {
            return Files.isSameFile(held.inside(), target);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static PipeFiles openFiles(Path target, FileCheck first) throws IOException {
        // edge NAME, from NamedStorage.makeFiles: the files are complete.
        // Every pipe's meta has at least one page; its exact length is checked once it is known.
        first.file(target.resolve(META), -1);
        Geometry geometry;
        try (Descriptor file = Descriptor.open(target.resolve(META));
                Mapping mapping = Mapping.map(file, 0, Mapping.pageSize())) {
            geometry = PipeFiles.readMeta(file.path(), MappedMemory.words(mapping.segment()));
        }
        NamedStorage found = new NamedStorage(target, check(geometry, first.ofOthers()));
        found.check.directory(target);
        found.check.file(target.resolve(META), geometry.metaLength());
        found.check.file(target.resolve(LOCKS), 0);
        if (geometry.senders() == 1) {
            found.check.file(target.resolve(LANE), geometry.laneLength());
        }
        return new PipeFiles(new MappedStorage(found), geometry);
    }

    static boolean delete(Path path) throws IOException {
        for (int tries = 0; tries < MAX_REPLACED; tries++) {
            Path target;
            try {
                target = open(path, false).path();
            } catch (NoSuchFileException e) {
                return false;
            }
            Path hidden = hidden(target, Identity.newUuid());
            try (Descriptor locks = Descriptor.open(target.resolve(LOCKS))) {
                locks.tryLock(MAKER);
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
     * Deletes a directory and its files; {@code locks} last, because {@link #sweep} needs it to
     * detect that a partly deleted directory is abandoned.
     */
    private static void deleteFiles(Path directory) throws IOException {
        List<Path> parts = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, p -> isPart(p.getFileName()))) {
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

    private void makeMeta(Geometry geometry) throws IOException {
        try (Descriptor meta = createFile(META, geometry)) {
            allocate(meta, 0, geometry.metaLength());
            try (Mapping mapping = Mapping.map(meta, 0, geometry.metaLength())) {
                MetaFile.write(MappedMemory.words(mapping.segment()), geometry);
            }
        }
    }

    private Descriptor createFile(String name, Geometry geometry) throws IOException {
        return withMode(Descriptor.create(path.resolve(name)), geometry);
    }

    private static Descriptor withMode(Descriptor file, Geometry geometry) throws IOException {
        try { // Independent of the umask.
            file.changeMode(geometry.has(Feature.GROUP) ? 0660 : 0600);
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
    public Section meta(Geometry geometry) throws IOException {
        check.file(path.resolve(META), geometry.metaLength());
        return new Section(Descriptor.open(path.resolve(META)), 0);
    }

    @Override
    public Descriptor locks() throws IOException {
        check.file(path.resolve(LOCKS), 0);
        return Descriptor.open(path.resolve(LOCKS));
    }

    @Override
    public Section lane(Geometry geometry, int index) throws IOException {
        Path lane = path.resolve(laneName(index));
        check.file(lane, geometry.laneLength());
        return new Section(Descriptor.open(lane), 0);
    }

    @Override
    public void makeLane(Geometry geometry, int index) throws IOException {
        Path lane = path.resolve(laneName(index));
        if (Files.exists(lane, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new InvalidPipeException(path, "no directory any more", "a pipe's");
        }
        try (Descriptor held = Descriptor.openDirectory(path)) {
            checkIs(geometry, held);
            makeLane(geometry, index, held);
        }
    }

    /** Checks that a directory is this pipe's: another pipe may have taken the name. */
    private void checkIs(Geometry geometry, Descriptor held) throws IOException {
        try (Descriptor meta = Descriptor.open(held.inside().resolve(META));
                Mapping mapping = Mapping.map(meta, 0, Mapping.pageSize())) {
            Memory words = MappedMemory.words(mapping.segment());
            if (!geometry.isSameAs(PipeFiles.readMeta(path.resolve(META), words))) {
                throw new InvalidPipeException(
                        path, "another pipe under this name", "pipe " + geometry.uuid());
            }
        }
    }

    private void makeLane(Geometry geometry, int index, Descriptor held) throws IOException {
        String unfinished = laneName(index) + UNFINISHED;
        Path made = held.inside().resolve(unfinished);
        Files.deleteIfExists(made);
        Descriptor file = withMode(Descriptor.create(held, unfinished), geometry);
        try (Section section = new Section(file, 0)) {
            section.file().resize(geometry.laneLength());
            allocate(section.file(), 0, geometry.laneFirstLength());
            LaneFile.make(section, geometry);
            Directory.renameNoReplace(made, held.inside().resolve(laneName(index)));
        } catch (IOException e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }
}
