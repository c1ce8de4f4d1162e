package io.sluice;

import java.lang.foreign.MemorySegment;

/**
 * How objects become the messages of a pipe and come back from them. With one, the ends of a pipe
 * are a {@link Sender} and a {@link Receiver} of objects: {@link #sender} and {@link #receiver}.
 *
 * <p>An object is written where it will be read: its length is asked for, room is claimed, and
 * {@link #encode} fills it. So nothing is copied twice, and sending allocates what the codec does.
 *
 * <p>A codec should have no state, or belong to one end; it must not use the end that it is called
 * for, which refuses that with an {@link IllegalStateException}.
 *
 * @param <E> the objects' type
 */
public interface Codec<E> {
    /**
     * How long the message for an object is.
     *
     * @param message the object, not null
     * @return in bytes, exactly, 0 to {@link Pipe#maxMessageLength}
     */
    int length(E message);

    /**
     * Writes an object. If this throws, nothing is sent, and the end stays usable.
     *
     * @param message the object, for which {@link #length} was asked just before
     * @param memory where to write it; it holds whatever was there before. To write anything but
     *     the {@code length} bytes from the offset on destroys what this end has sent
     * @param offset where the message begins there, in bytes, a multiple of 8
     * @return how many bytes were written, which must be what {@link #length} said
     */
    int encode(E message, MemorySegment memory, long offset);

    /**
     * Reads an object. The bytes lie in memory that is shared with the sender, and are its own
     * again after this call: the object must not refer to them. A sender that is hostile may have
     * written anything, and may change it during the call. If this throws, the message counts as
     * received, and the end stays usable.
     *
     * @param memory where the message lies; not writable
     * @param offset where it begins there, in bytes, a multiple of 8
     * @param length its length, in bytes
     * @return the object, not null; the same one each time, if whoever receives knows
     */
    E decode(MemorySegment memory, long offset, int length);

    /**
     * Makes a pipe's end one that sends objects. What it adds to {@link Sender}: an object whose
     * length no message can have is refused with an {@link IllegalArgumentException}, whatever the
     * codec throws comes out, and a codec that does not write what it said is refused with an
     * {@link IllegalStateException}. In each case nothing was sent, and the end stays usable.
     *
     * @param sender the pipe's end, which the result closes; not to be used beside it while a
     *     message is being encoded
     * @return the end, of the same one thread at a time
     */
    default Sender<E> sender(PipeSender sender) {
        return new CodecSender<>(this, sender);
    }

    /**
     * Makes a pipe's end one that receives objects. Where it differs from a mailbox's {@link
     * Receiver}:
     *
     * <ul>
     *   <li>A message that cannot be decoded is taken: what the codec throws comes out, and the
     *       next call goes on behind it.
     *   <li>{@link Receiver#ended} says what the last call found, as {@link PipeReceiver#ended}
     *       does. It is true after a call that returned {@code null} at the end, not before; and it
     *       is false again when a later sender has attached to the pipe and a message came.
     *   <li>All calls may throw {@link ChannelCorruptedException}.
     * </ul>
     *
     * @param receiver the pipe's end, which the result closes
     * @return the end, of the same one thread at a time
     */
    default Receiver<E> receiver(PipeReceiver receiver) {
        return new CodecReceiver<>(this, receiver);
    }

    /**
     * Strings, as UTF-8. Encoding allocates nothing. What is no character becomes {@code '?'} when
     * it is encoded, and {@code U+FFFD} when it is decoded, as {@link String} does.
     *
     * @return the codec, for any number of ends
     */
    static Codec<String> utf8() {
        return Utf8Codec.INSTANCE;
    }

    /**
     * Bytes, as they are. Encoding allocates nothing; each array that is received is a new one.
     *
     * @return the codec, for any number of ends
     */
    static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }

    /**
     * 64-bit values, 8 bytes each, in the machine's byte order. A message of another length is
     * refused by an {@link IllegalArgumentException}.
     *
     * @return the codec, for any number of ends
     */
    static Codec<Long> longs() {
        return LongCodec.INSTANCE;
    }
}
