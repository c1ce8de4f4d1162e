/**
 * For users of Agrona, SBE and Aeron: pipes whose messages are {@link org.agrona.DirectBuffer}s,
 * and a pipe as a {@link org.agrona.concurrent.ringbuffer.RingBuffer}.
 *
 * <p>Agrona's buffers use a package of the JDK that is closed, so only this package needs a flag of
 * the JVM, {@code --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED} ({@code =org.agrona} where
 * Agrona is on the module path). Without it every constructor here throws an {@link
 * java.lang.IllegalStateException} that names the flag.
 */
package io.sluice.agrona;
