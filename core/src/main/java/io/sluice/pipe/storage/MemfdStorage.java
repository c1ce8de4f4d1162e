package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.Platform;
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
final class MemfdStorage extends MappedStorage {
    private static final Pattern ADDRESS = Pattern.compile("/proc/(\\d{1,10})/fd/(\\d{1,9})");

    private final Cleaner.Cleanable cleanable;
    private final boolean writable;
    private int references = 1; // The pipe's handle, and one per end opened from it.

    private MemfdStorage(Descriptor file, PipeLayout pipeLayout) {
        super(file.processPath(), pipeLayout);
        this.writable = file.isWritable();
        // Every user of the pipe holds a reference to this object.
        this.cleanable = PipeFiles.onUnreachable(this, file::close);
    }

    @Override
    public synchronized void retain() {
        if (references == 0) {
            throw new IllegalStateException(path() + " is closed");
        }
        references++;
    }

    @Override
    public synchronized void release() {
        if (--references == 0) {
            cleanable.clean();
        }
    }

    static MemfdStorage create(PipeLayout pipeLayout) throws IOException {
        Descriptor file = Descriptor.createMemory("sluice", fileLength(pipeLayout));
        try {
            createMeta(new FileRegion(file, 0), pipeLayout);
            file.seal();
            MemfdStorage made = new MemfdStorage(file, pipeLayout);
            if (pipeLayout.senders() == 1) {
                made.createLane(0);
            }
            return made;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long fileLength(PipeLayout pipeLayout) {
        return laneOffset(pipeLayout, pipeLayout.senders());
    }

    private static long laneOffset(PipeLayout pipeLayout, int index) {
        return pipeLayout.metaLength() + index * pipeLayout.laneLength();
    }

    /** Tests whether a path has the form of an anonymous pipe's address. */
    static boolean isAddress(Path path) {
        return ADDRESS.matcher(path.toString()).matches();
    }

    static MemfdStorage openAddress(Path path, boolean writable) throws IOException {
        long length = length(path);
        if (length < Mapping.pageSize()) {
            throw new InvalidPipeException(
                    path, length + " bytes", "at least " + Mapping.pageSize());
        }
        Descriptor file = file(path, writable);
        try {
            PipeLayout pipeLayout = readLayout(file, path);
            if (length != fileLength(pipeLayout)) {
                throw new InvalidPipeException(
                        path, length + " bytes", fileLength(pipeLayout) + " bytes");
            }
            return new MemfdStorage(file, pipeLayout);
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
                    path.toString(), null, "no process has an anonymous pipe open there any more");
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(
                    path.toString(),
                    null,
                    "refused: an anonymous pipe is for processes of its maker's user, and this is"
                            + " user "
                            + Platform.userId());
        }
    }

    /** Opens the file again, as a separate open file description with locks of its own. */
    private static Descriptor file(Path path, boolean writable) throws IOException {
        Matcher address = ADDRESS.matcher(path.toString());
        if (!address.matches()) {
            throw new IllegalArgumentException(path + " is not /proc/PID/fd/N");
        }
        return Descriptor.openProcessFile(
                Long.parseLong(address.group(1)), Integer.parseInt(address.group(2)), writable);
    }

    @Override
    FileRegion meta() throws IOException {
        return new FileRegion(file(path(), writable), 0);
    }

    @Override
    Descriptor locks() throws IOException {
        return file(path(), writable);
    }

    @Override
    FileRegion lane(int index) throws IOException {
        return new FileRegion(file(path(), writable), laneOffset(pipeLayout(), index));
    }

    @Override
    void allocateLane(int index) throws IOException {
        try (FileRegion lane = lane(index)) {
            if (!LaneFile.isInitialized(lane, pipeLayout())) {
                lane.allocate(pipeLayout().initialLaneLength());
                LaneFile.create(lane, pipeLayout());
            }
        }
    }
}
