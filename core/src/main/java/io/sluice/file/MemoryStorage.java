package io.sluice.file;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappedMemory;
import io.sluice.os.Descriptor;
import io.sluice.os.Directory;
import io.sluice.os.Mapping;
import io.sluice.os.MemoryFile;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of an anonymous pipe: one memfd, which the kernel frees when the last process that has
 * it open closes it or exits. Its parts are contiguous; each lane has a region that takes no memory
 * until the lane is created. The file is sealed, so no process can truncate it.
 *
 * <p>Another process of the same user opens it as {@code /proc/PID/fd/N} of a process that has it
 * open.
 */
final class MemoryStorage implements Parts {
    private static final Pattern ADDRESS = Pattern.compile("/proc/(\\d{1,10})/fd/(\\d{1,9})");

    private final Path path;
    private final Cleaner.Cleanable closing;
    private int users = 1; // The pipe's handle, and one per end opened from it.

    private MemoryStorage(Descriptor file) {
        this.path = MemoryFile.address(file);
        // Every user of the pipe holds a reference to this object.
        this.closing = PipeFiles.onDropped(this, file::close);
    }

    @Override
    public synchronized void retain() {
        if (users == 0) {
            throw new IllegalStateException(path + " is closed");
        }
        users++;
    }

    @Override
    public synchronized void release() {
        if (--users == 0) {
            closing.clean();
        }
    }

    static PipeFiles create(Geometry geometry) throws IOException {
        Descriptor file = MemoryFile.create("sluice", fileLength(geometry));
        try {
            NamedStorage.allocate(file, 0, geometry.metaLength());
            try (Mapping mapping = Mapping.map(file, 0, geometry.metaLength())) {
                MetaFile.write(MappedMemory.words(mapping.segment()), geometry);
            }
            MemoryFile.seal(file);
            PipeFiles files = new PipeFiles(new MappedStorage(new MemoryStorage(file)), geometry);
            if (geometry.senders() == 1) {
                files.makeLane(0);
            }
            return files;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long fileLength(Geometry geometry) {
        return laneOffset(geometry, geometry.senders());
    }

    private static long laneOffset(Geometry geometry, int index) {
        return geometry.metaLength() + index * geometry.laneLength();
    }

    /** Tests whether a path has the form of an anonymous pipe's address. */
    static boolean isAddress(Path path) {
        return ADDRESS.matcher(path.toString()).matches();
    }

    static PipeFiles open(Path path) throws IOException {
        long length = length(path);
        if (length < Mapping.pageSize()) {
            throw new InvalidPipeException(
                    path, length + " bytes", "at least " + Mapping.pageSize());
        }
        Descriptor file = file(path);
        try (Mapping mapping = Mapping.map(file, 0, Mapping.pageSize())) {
            Geometry geometry = PipeFiles.readMeta(path, MappedMemory.words(mapping.segment()));
            if (length != fileLength(geometry)) {
                throw new InvalidPipeException(
                        path, length + " bytes", fileLength(geometry) + " bytes");
            }
            return new PipeFiles(new MappedStorage(new MemoryStorage(file)), geometry);
        } catch (IOException | RuntimeException | InternalError e) {
            file.close();
            throw e;
        }
    }

    /**
     * Returns the length of the file. Throws if it does not exist, or if this process may not
     * access it.
     */
    private static long length(Path path) throws IOException {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(
                    path.toString(), null, "no process has an ordinary pipe open there any more");
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(
                    path.toString(),
                    null,
                    "refused: an ordinary pipe is for processes of its maker's user, and this is"
                            + " user "
                            + Directory.userId());
        }
    }

    /** Opens the file again, as a separate open file description with locks of its own. */
    private static Descriptor file(Path path) throws IOException {
        Matcher address = ADDRESS.matcher(path.toString());
        if (!address.matches()) {
            throw new IllegalArgumentException(path + " is not /proc/PID/fd/N");
        }
        return MemoryFile.openProcessFile(
                Long.parseLong(address.group(1)), Integer.parseInt(address.group(2)));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Section meta(Geometry geometry) throws IOException {
        return new Section(file(path), 0);
    }

    @Override
    public Descriptor locks() throws IOException {
        return file(path);
    }

    @Override
    public Section lane(Geometry geometry, int index) throws IOException {
        return new Section(file(path), laneOffset(geometry, index));
    }

    @Override
    public void makeLane(Geometry geometry, int index) throws IOException {
        try (Section section = lane(geometry, index)) {
            if (!LaneFile.isInitialized(section, geometry)) {
                NamedStorage.allocate(section.file(), section.offset(), geometry.laneFirstLength());
                LaneFile.make(section, geometry);
            }
        }
    }
}
