package io.sluice.aeron;

import io.aeron.Aeron;
import io.sluice.Codec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.Objects;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Opens ends of Aeron's streams, with the calls of a pipe's ends. The channel decides how messages
 * travel:
 *
 * <ul>
 *   <li>{@code aeron:ipc}: within one machine;
 *   <li>{@code aeron:udp?endpoint=host:40123}: to one machine, at which the receivers are. No
 *       message is lost while the peers are connected: the sender waits for the receiver;
 *   <li>{@code aeron:udp?endpoint=224.20.30.39:40456|interface=10.0.0.1|fc=min}: multicast to every
 *       machine with a receiver; the sender waits for the slowest. With {@code fc=max} it waits for
 *       the fastest only: slower ones lose messages, and {@link AeronReceiver#lostBytes} counts
 *       them.
 * </ul>
 *
 * <p>Each receiver of a stream gets every message, as of a broadcast. There may be several senders:
 * the messages of each are in order.
 *
 * <p>A media driver must run on each machine: {@code io.aeron.driver.MediaDriver}, Aeron's {@code
 * aeronmd}, or one embedded in this process. A process that embeds one must keep it until its peers
 * have received everything.
 *
 * <p>An end waits by polling: first it spins, then it yields, then it sleeps for up to a
 * millisecond, unless another {@link IdleStrategy} is given. No end sleeps until it is woken, as
 * those of pipes do.
 */
public final class AeronChannels {
    private static final int SPINS = 10;

    /** As many as a round trip over the loopback takes: a park is longer. */
    private static final int YIELDS = 100;

    private static final long MIN_PARK_NANOS = 1_000;
    private static final long MAX_PARK_NANOS = 1_000_000;

    private AeronChannels() {}

    /**
     * Opens a sending end.
     *
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static AeronSender sender(Aeron aeron, String channel, int stream) {
        return sender(aeron, channel, stream, backoff());
    }

    /**
     * Opens a sending end.
     *
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @param idle what the end does between two attempts while it waits for room
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static AeronSender sender(Aeron aeron, String channel, int stream, IdleStrategy idle) {
        check(aeron, channel, idle);
        return new AeronSender(aeron, aeron.addExclusivePublication(channel, stream), idle);
    }

    /**
     * Opens a sending end for objects.
     *
     * @param <E> the type of messages
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @param codec encodes each message: in place, if it fits into one datagram
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static <E> Sender<E> sender(Aeron aeron, String channel, int stream, Codec<E> codec) {
        Objects.requireNonNull(codec, "codec");
        return new ObjectSender<>(codec, sender(aeron, channel, stream));
    }

    /**
     * Opens a receiving end.
     *
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static AeronReceiver receiver(Aeron aeron, String channel, int stream) {
        return receiver(aeron, channel, stream, backoff());
    }

    /**
     * Opens a receiving end.
     *
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @param idle what the end does between two attempts while it waits for messages
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static AeronReceiver receiver(
            Aeron aeron, String channel, int stream, IdleStrategy idle) {
        check(aeron, channel, idle);
        return new AeronReceiver(aeron, channel, stream, idle);
    }

    /**
     * Opens a receiving end for objects.
     *
     * @param <E> the type of messages
     * @param aeron the client, whose media driver is running
     * @param channel the channel, as Aeron writes it
     * @param stream the number of the stream in the channel
     * @param codec decodes each message in place
     * @return the end
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs, or the client is
     *     closed
     * @throws io.aeron.exceptions.RegistrationException if the media driver refuses the channel
     */
    public static <E> Receiver<E> receiver(
            Aeron aeron, String channel, int stream, Codec<E> codec) {
        Objects.requireNonNull(codec, "codec");
        return new ObjectReceiver<>(codec, receiver(aeron, channel, stream));
    }

    private static void check(Aeron aeron, String channel, IdleStrategy idle) {
        JvmFlag.require();
        Objects.requireNonNull(aeron, "aeron");
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(idle, "idle");
        if (aeron.isClosed()) {
            throw new IllegalStateException("the Aeron client is closed: connect another one");
        }
    }

    static IdleStrategy backoff() {
        return new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NANOS, MAX_PARK_NANOS);
    }
}
