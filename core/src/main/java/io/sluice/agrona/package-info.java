/**
 * Adapters for users of Agrona, SBE and Aeron: pipes whose messages are {@link
 * org.agrona.DirectBuffer}s, and a pipe as a {@link org.agrona.concurrent.ringbuffer.RingBuffer}.
 *
 * <p>Agrona's buffers use an internal package of the JDK, so only this package needs a JVM flag,
 * {@code --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED} ({@code =org.agrona} if Agrona is on
 * the module path). Without it every constructor in this package throws an {@link
 * java.lang.IllegalStateException} that names the flag.
 */
package io.sluice.agrona;
