package io.sluice.stream;

import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * The ends of a pipe as ends of a stream of bytes, with the manners of a pipe of the kernel. Where
 * one message ends and the next begins does not matter to it; what one end writes in pieces of some
 * size the other reads in pieces of any other.
 *
 * <p>A message's space goes back to the sender when it is taken, wholly or not. So what a read does
 * not want of a message is copied into a private buffer, from which the next reads are served, and
 * is gone if the reading end is closed before or its process dies.
 *
 * <p>What is written to goes out at once, in messages of up to a quarter of the pipe and of 64 KiB.
 * Every write is at least one message: wrap an output in a {@link java.io.BufferedOutputStream} if
 * it is written to in small pieces.
 *
 * <p>Closing one of these closes the pipe's end. Until then the end must not be used beside it.
 */
public final class PipeStreams {
    private PipeStreams() {}

    /**
     * A receiver as an {@link InputStream}.
     *
     * <p>A read returns what is there, and waits only if that is nothing; it returns -1 when the
     * last sender has closed or died and all is read. Should another sender attach later, a read
     * goes on with what that one sends. {@link InputStream#available} takes the next message that
     * is there into the private buffer, to know its length.
     *
     * <p>A read throws {@link java.io.IOException} after close, if the pipe is corrupted, and if
     * the system refuses it a file (what was read before that is returned first), and {@link
     * java.io.InterruptedIOException} if the thread is interrupted while it waits: nothing was read
     * then, the thread's interrupt status is set, and the stream stays usable.
     *
     * @param receiver the pipe's end
     * @return the stream, of one thread at a time
     */
    public static InputStream input(PipeReceiver receiver) {
        return new PipeInputStream(receiver);
    }

    /**
     * A sender as an {@link OutputStream}.
     *
     * <p>A write returns when all of it is sent, and waits while the pipe is full. Flushing does
     * nothing. Closing is the end of the stream.
     *
     * <p>A write throws {@link java.io.IOException} "Broken pipe" when the last receiver has left,
     * another one after close, and {@link java.io.InterruptedIOException} if the thread is
     * interrupted while it waits: what {@link java.io.InterruptedIOException#bytesTransferred} says
     * was sent, the thread's interrupt status is set, and the stream stays usable.
     *
     * @param sender the pipe's end
     * @return the stream, of one thread at a time
     */
    public static OutputStream output(PipeSender sender) {
        return new PipeOutputStream(sender);
    }

    /**
     * A receiver as a channel, which reads as {@link #input} does.
     *
     * <p>It is a {@link java.nio.channels.InterruptibleChannel}. A thread that is interrupted in a
     * read, or before it, closes the channel and gets {@link
     * java.nio.channels.ClosedByInterruptException}. One that waits in a read while another thread
     * closes the channel gets {@link java.nio.channels.AsynchronousCloseException}, after some
     * milliseconds, and the pipe's end is closed then.
     *
     * @param receiver the pipe's end
     * @return the channel, for any thread; reads follow one another
     */
    public static ReadableByteChannel readable(PipeReceiver receiver) {
        return new PipeReadableChannel(receiver);
    }

    /**
     * A sender as a channel, which writes as {@link #output} does: a write returns when all of it
     * is sent.
     *
     * <p>It is a {@link java.nio.channels.InterruptibleChannel}. A thread that is interrupted in a
     * write, or before it, closes the channel and gets {@link
     * java.nio.channels.ClosedByInterruptException}. One that waits in a write while another thread
     * closes the channel gets {@link java.nio.channels.AsynchronousCloseException}, after some
     * milliseconds, and the pipe's end is closed then. In both cases the buffer's position says how
     * much was sent.
     *
     * @param sender the pipe's end
     * @return the channel, for any thread; writes follow one another
     */
    public static WritableByteChannel writable(PipeSender sender) {
        return new PipeWritableChannel(sender);
    }
}
