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
 * The directory that is a named pipe. It is made under a hidden name and renamed when it is whole,
 * so nobody ever sees a part of one. Who makes or removes one holds a lock meanwhile; a hidden
 * directory whose lock is free was left by a dead process, and the next one who makes a pipe of
 * that name removes it.
 *
 * <p>The directory is its owner's alone (mode 0700), and its files are (0600), unless it is made
 * for a group (2770 and 0660).
 */
final class NamedStorage implements Parts {
    private static final String UNFINISHED = ".tmp";
    private static final Pattern PART = Pattern.compile("meta|locks|lane-\\d+(\\.tmp)?");

    /** The byte of {@code locks} that is its maker's, far behind those of the participants. */
    private static final long MAKER = 1L << 40;

    /** The mode of a directory that is shared with a group: what is made in it is the group's. */
    private static final int GROUP_DIRECTORY = 02770;

    private static final Set<PosixFilePermission> OWNERS_DIRECTORY =
            PosixFilePermissions.fromString("rwx------");

    /** How often a hidden directory may be swept while its maker has not locked it yet. */
    private static final int MAX_TRIES = 100;

    /** How often a pipe may be replaced while it is being opened or removed. */
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

    /** Makes a pipe with so many lanes. */
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
                    // Of a group's pipe the lanes that members make are theirs.
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
                // What members make in it later is the group's, whatever else they belong to.
                Files.setAttribute(path, "unix:mode", GROUP_DIRECTORY);
            }
            // edge NAME, to NamedStorage.openFiles: whoever finds the name finds all files whole.
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
     * Makes the directory, and takes the lock that says that its maker lives.
     *
     * @return the locks; null if somebody swept it before they were taken, as if it were left
     */
    private Descriptor makeDirectory(Geometry geometry) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNERS_DIRECTORY));
        Descriptor locks = null;
        boolean locked = false;
        try {
            Files.setPosixFilePermissions(path, OWNERS_DIRECTORY); // Whatever the umask is.
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
     * Says which name it is for by a checksum of it, so that it is as short whatever that name is,
     * and in ASCII. What is of another name by chance is swept only if it was left, too.
     */
    private static String hiddenPrefix(Path target) {
        CRC32C crc = new CRC32C();
        crc.update(Directory.bytes(target.getFileName()));
        return String.format(".sluice-%08x-", crc.getValue());
    }

    /** Removes what makers and removers of a pipe of this name left when they were killed. */
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
                deleteEmpty(
                        directory); // Its maker, or who removed it, was killed before, or after.
                continue;
            }
            try (Descriptor locks = Descriptor.open(directory.resolve(LOCKS))) {
                if (locks.tryLock(MAKER)) {
                    deleteFiles(directory);
                }
            } catch (IOException e) {
                continue; // Somebody else's, or being made or swept this moment.
            }
        }
    }

    private static void deleteEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Somebody else's, or its maker goes on.
        }
    }

    /** Finds a pipe that was made. */
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

    /** Whether a name still is that of a directory. */
    private static boolean isStill(Descriptor held, Path target) throws IOException {
        try {
            return Files.isSameFile(held.inside(), target);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static PipeFiles openFiles(Path target, FileCheck first) throws IOException {
        // edge NAME, from NamedStorage.makeFiles: the files are whole.
        // Every pipe's meta has at least one page; its true length is checked once it is known.
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
                // Another one removes it: it is gone now, or a new one.
            }
        }
        throw new IOException(path + " was replaced " + MAX_REPLACED + " times meanwhile");
    }

    /** The locks go last: while they are there, whoever finds the rest can tell that it is left. */
    private static void deleteFiles(Path directory) throws IOException {
        List<Path> parts = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, p -> isPart(p.getFileName()))) {
            files.forEach(parts::add);
        } catch (NoSuchFileException e) {
            return; // Another one has swept it.
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
        try { // Whatever the umask is.
            file.changeMode(geometry.has(Feature.GROUP) ? 0660 : 0600);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Allocates a part of a file: writing there later cannot find the disk full. */
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

    /** Whether a directory is this pipe's: another one may have its name by now. */
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
