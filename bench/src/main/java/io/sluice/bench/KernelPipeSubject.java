package io.sluice.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The kernel's pipe(2): one blocking write and one blocking read for each message.
 *
 * <p>The calls go straight to the C library, which costs no more than {@link
 * java.nio.channels.Pipe} does: no lock, no check for interrupts. Blocking ends are the faster
 * ones: a call that finds nothing to do costs a system call too, and holds the pipe's mutex.
 */
final class KernelPipeSubject implements ByteSubject {
    private static final int O_CLOEXEC = 02000000;
    private static final int CLOSED = -1;

    private static final MethodHandle PIPE2 =
            Libc.link("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle READ =
            Libc.link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Libc.link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE =
            Libc.link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int size;
    private final MemorySegment sent;
    private final MemorySegment received;
    private final Tally tally = new Tally();
    private int readEnd;
    private int writeEnd;

    KernelPipeSubject(int size) {
        this.size = size;
        this.sent = buffer(size);
        this.received = buffer(size);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            if ((int) PIPE2.invokeExact(Libc.errnoState(), ends, O_CLOEXEC) != 0) {
                throw failed("pipe2");
            }
            readEnd = ends.getAtIndex(JAVA_INT, 0);
            writeEnd = ends.getAtIndex(JAVA_INT, 1);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Allocates a buffer on cache lines of its own. */
    private static MemorySegment buffer(int size) {
        return Arena.ofAuto().allocate(size + 256L, 128).asSlice(128, size);
    }

    private static UncheckedIOException failed(String call) {
        return new UncheckedIOException(new SystemCallException(call, "a pipe"));
    }

    @Override
    public boolean trySend(long sequence) {
        sent.set(JAVA_LONG, 0, sequence);
        long written;
        try {
            written = (long) WRITE.invokeExact(Libc.errnoState(), writeEnd, sent, (long) size);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (written == size) { // The kernel does not split a write of at most a page.
            return true;
        }
        if (written >= 0) {
            throw new IllegalStateException("wrote " + written + " bytes of " + size);
        }
        if (Libc.errno() != SystemCallException.EPIPE) {
            throw failed("write");
        }
        return false;
    }

    @Override
    public int poll(int limit) {
        long count;
        try {
            count = (long) READ.invokeExact(Libc.errnoState(), readEnd, received, (long) size);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (count == size) {
            long sum = 0;
            for (int i = 0; i < size; i += 8) {
                sum += received.get(JAVA_LONG, i);
            }
            tally.accept(received.get(JAVA_LONG, 0), sum);
            return 1;
        }
        if (count < 0) {
            throw failed("read");
        }
        if (count > 0) {
            throw new IllegalStateException("read " + count + " bytes of " + size);
        }
        return 0;
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void closeSender() {
        writeEnd = close(writeEnd);
    }

    @Override
    public void closeReceiver() {
        readEnd = close(readEnd);
    }

    private static int close(int end) {
        try {
            if (end != CLOSED && (int) CLOSE.invokeExact(Libc.errnoState(), end) != 0) {
                throw failed("close");
            }
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        return CLOSED;
    }

    @Override
    public void close() {
        closeSender();
        closeReceiver();
    }
}
