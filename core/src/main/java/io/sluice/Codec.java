package io.sluice;

import java.lang.foreign.MemorySegment;

/**
 * An encoding of objects as messages of a pipe. {@link #sender} and {@link #receiver} adapt the
 * ends of a pipe to a {@link Sender} and a {@link Receiver} of objects.
 *
 * <p>An object is encoded in place: the sender calls {@link #length}, claims room, and calls {@link
 * #encode} to fill it. So there is no intermediate copy, and sending allocates only what the codec
 * allocates.
 *
 * <p>A codec should be stateless, or be used by one end only. It must not use the end that calls
 * it, which throws an {@link IllegalStateException} then.
 *
 * @param <E> the type of objects
 */
public interface Codec<E> {
    /**
     * Returns the length of the message for an object.
     *
     * @param message the object, not null
     * @return the exact length in bytes, 0 to {@link Pipe#maxMessageLength}
     */
    int length(E message);

    /**
     * Encodes an object. If this throws, nothing is sent, and the end stays usable.
     *
     * @param message the object, for which {@link #length} was called just before
     * @param memory the memory to write to, with undefined content; a write outside of the {@code
     *     length} bytes from the offset on destroys messages that this end has sent
     * @param offset the message's offset in the memory, in bytes, a multiple of 8
     * @return the number of bytes written, which must equal the result of {@link #length}
     */
    int encode(E message, MemorySegment memory, long offset);

    /**
     * Decodes an object. The memory is shared with the sender, and is returned to it after this
     * call: the object must not refer to it. A hostile sender may have written anything, and may
     * change the bytes during the call. If this throws, the message counts as received, and the end
     * stays usable.
     *
     * @param memory the memory that contains the message; not writable
     * @param offset the message's offset in the memory, in bytes, a multiple of 8
     * @param length the message's length, in bytes
     * @return the object, not null; may be the same one on each call if the receiving code allows
     *     for that
     */
    E decode(MemorySegment memory, long offset, int length);

    /**
     * Returns a sender of objects through a pipe's end. In addition to {@link Sender}, it throws an
     * {@link IllegalArgumentException} for an object whose length is out of range, propagates what
     * the codec throws, and throws an {@link IllegalStateException} if the codec writes another
     * number of bytes than {@link #length} returned. In each case nothing was sent, and the end
     * stays usable.
     *
     * @param sender the pipe's end, which the result closes; not to be used directly while a
     *     message is being encoded
     * @return the end, which belongs to the same thread as the pipe's end
     */
    default Sender<E> sender(PipeSender sender) {
        return new CodecSender<>(this, sender);
    }

    /**
     * Returns a receiver of objects from a pipe's end. It differs from the {@link Receiver} of a
     * mailbox:
     *
     * <ul>
     *   <li>A message that cannot be decoded is received: the codec's exception propagates, and the
     *       next call continues after that message.
     *   <li>{@link Receiver#isEndOfStream} returns what the last call found, as {@link
     *       PipeReceiver#isEndOfStream} does. It is true after a call that returned {@code null} at
     *       the end of the stream, not before; and it is false again when a later sender has
     *       attached to the pipe and a message has arrived.
     *   <li>All calls may throw {@link ChannelCorruptedException}.
     * </ul>
     *
     * @param receiver the pipe's end, which the result closes
     * @return the end, which belongs to the same thread as the pipe's end
     */
    default Receiver<E> receiver(PipeReceiver receiver) {
        return new CodecReceiver<>(this, receiver);
    }

    /**
     * Returns a codec for strings, as UTF-8. Encoding does not allocate. An unpaired surrogate is
     * encoded as {@code '?'}, and a malformed sequence is decoded as {@code U+FFFD}, as by {@link
     * String}.
     *
     * @return the codec, for any number of ends
     */
    static Codec<String> utf8() {
        return Utf8Codec.INSTANCE;
    }

    /**
     * Returns a codec for byte arrays, without transformation. Encoding does not allocate; each
     * received array is a new one.
     *
     * @return the codec, for any number of ends
     */
    static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }

    /**
     * Returns a codec for 64-bit values, 8 bytes each, in the machine's byte order. Decoding throws
     * an {@link IllegalArgumentException} for a message of another length.
     *
     * @return the codec, for any number of ends
     */
    static Codec<Long> longs() {
        return LongCodec.INSTANCE;
    }
}
