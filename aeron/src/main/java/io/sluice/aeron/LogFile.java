package io.sluice.aeron;

import io.sluice.memory.MappingFault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of words in which a bridge stores what it has delivered. It is mapped, so it survives the
 * death of the process, and not that of the machine.
 *
 * <p>Its first word says what it is; a new file is all zero. Each method throws {@link
 * LostLogException} if a page cannot be used.
 *
 * <p>One thread at a time.
 */
final class LogFile implements AutoCloseable {
    private static final long MAGIC_OFFSET = 0;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Path file;
    private final Arena arena;
    private final MemorySegment memory;
    private final long magic;

    private LogFile(Path file, Arena arena, MemorySegment memory, long magic) {
        this.file = file;
        this.arena = arena;
        this.memory = memory;
        this.magic = magic;
    }

    /**
     * Opens or creates the file.
     *
     * @param length its length in bytes
     * @param magic its first word, unless it is new
     * @param remedy what to do if it has another one
     * @throws IOException if it cannot be mapped, or is another kind of file
     */
    static LogFile open(Path file, long length, long magic, String remedy) throws IOException {
        Arena arena = Arena.ofShared();
        LogFile opened = null;
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, length, arena);
            LogFile log = new LogFile(file, arena, memory, magic);
            long found = log.get(MAGIC_OFFSET);
            if (found != 0 && found != magic) {
                throw new IOException(file + " is not the log of a bridge: " + remedy);
            }
            opened = log;
            return log;
        } finally {
            if (opened == null) {
                arena.close();
            }
        }
    }

    /** Stores what the file is: it is complete. */
    void setMagic() {
        set(MAGIC_OFFSET, magic);
    }

    long get(long offset) {
        try {
            long value = (long) WORD.getAcquire(memory, offset);
            MappingFault.poll();
            return value;
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    /** Stores in program order: a process that is killed has done all stores up to one. */
    void set(long offset, long value) {
        try {
            WORD.setRelease(memory, offset, value);
            MappingFault.poll();
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    /** Stores zeros from an offset on. */
    void clear(long offset) {
        try {
            memory.asSlice(offset).fill((byte) 0);
            MappingFault.poll();
        } catch (InternalError e) {
            throw lost(e);
        }
    }

    private LostLogException lost(InternalError error) {
        return new LostLogException(file, MappingFault.asCorruption(error));
    }

    /** Unmaps the file. Does nothing a second time. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
