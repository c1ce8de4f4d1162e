package io.sluice.io;

import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Byte streams over the ends of a pipe, with the semantics of a kernel pipe (pipe(7)): end of
 * stream and broken pipe. Message boundaries do not matter: the sizes of writes and reads are
 * independent.
 *
 * <p>The space of a message returns to the sender when the message is received. So the bytes of a
 * message that a read has no room for are copied to a private buffer, from which the next reads
 * take them. They are lost if the reading end is closed or its process dies before that.
 *
 * <p>A write sends its bytes at once, in messages of at most a quarter of the pipe's longest
 * message and at most 64 KiB. Every write that is not empty sends at least one message: wrap an
 * output in a {@link java.io.BufferedOutputStream} for small writes.
 *
 * <p>Closing a stream or channel closes the pipe's end. Do not use the end directly before that.
 */
public final class PipeStreams {
    private PipeStreams() {}

    /**
     * Returns an {@link InputStream} over a receiver.
     *
     * <p>A read returns the bytes that are there, and blocks only if there are none; it returns -1
     * after the last sender has closed or died and all bytes are read. If another sender attaches
     * later, reads continue with its bytes. {@link InputStream#available} receives the next message
     * that is there to the private buffer, to determine its length.
     *
     * <p>A read throws {@link java.io.IOException} after close, if the pipe is corrupted, or if the
     * system refuses it a file (bytes that were read before that are returned first). It throws
     * {@link java.io.InterruptedIOException} if the thread is interrupted while it waits: nothing
     * was read then, the thread's interrupt status is set, and the stream stays usable.
     *
     * @param receiver the pipe's end
     * @return the stream, for one thread at a time
     */
    public static InputStream input(PipeReceiver receiver) {
        return new PipeInputStream(receiver);
    }

    /**
     * Returns an {@link OutputStream} over a sender.
     *
     * <p>A write returns when all its bytes are sent, and blocks while the pipe is full. Flushing
     * does nothing. Closing ends the stream.
     *
     * <p>A write throws {@link java.io.IOException} "Broken pipe" when the last receiver has left,
     * and {@link java.io.IOException} "Stream closed" after close. It throws {@link
     * java.io.InterruptedIOException} if the thread is interrupted while it waits: {@link
     * java.io.InterruptedIOException#bytesTransferred} bytes were sent then, the thread's interrupt
     * status is set, and the stream stays usable.
     *
     * @param sender the pipe's end
     * @return the stream, for one thread at a time
     */
    public static OutputStream output(PipeSender sender) {
        return new PipeOutputStream(sender);
    }

    /**
     * Returns a channel over a receiver, which reads as {@link #input} does.
     *
     * <p>It is a {@link java.nio.channels.InterruptibleChannel}. An interrupt during or before a
     * read closes the channel, and the thread gets {@link
     * java.nio.channels.ClosedByInterruptException}. If another thread closes the channel during a
     * read that waits, that read throws {@link java.nio.channels.AsynchronousCloseException} within
     * some milliseconds, and the pipe's end is closed then.
     *
     * @param receiver the pipe's end
     * @return the channel, for any thread; concurrent reads run one after the other
     */
    public static ReadableByteChannel readable(PipeReceiver receiver) {
        return new PipeReadableChannel(receiver);
    }

    /**
     * Returns a channel over a sender, which writes as {@link #output} does: a write returns when
     * all its bytes are sent.
     *
     * <p>It is a {@link java.nio.channels.InterruptibleChannel}. An interrupt during or before a
     * write closes the channel, and the thread gets {@link
     * java.nio.channels.ClosedByInterruptException}. If another thread closes the channel during a
     * write that waits, that write throws {@link java.nio.channels.AsynchronousCloseException}
     * within some milliseconds, and the pipe's end is closed then. In both cases the buffer's
     * position shows how much was sent.
     *
     * @param sender the pipe's end
     * @return the channel, for any thread; concurrent writes run one after the other
     */
    public static WritableByteChannel writable(PipeSender sender) {
        return new PipeWritableChannel(sender);
    }
}
