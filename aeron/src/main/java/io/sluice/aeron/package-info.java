/**
 * Channels between machines: the ends of Sluice over <a
 * href="https://github.com/aeron-io/aeron">Aeron</a>'s streams, and a bridge that continues a pipe
 * on another machine.
 *
 * <p>The engine is Aeron's: its media driver moves the bytes, and its flow control and repetition
 * make a stream lossless. {@link io.sluice.aeron.AeronChannels} opens ends, {@link
 * io.sluice.aeron.PipeBridge} joins two pipes, {@link io.sluice.aeron.NodeBridge} the names of
 * nodes.
 *
 * <p>Between machines a timer decides whether a peer is alive, which no lock of a kernel can tell.
 * So there is a result that pipes do not have: {@link io.sluice.aeron.PeerLostException}, the peer
 * is lost and the outcome unknown.
 *
 * <p>Aeron's buffers need a flag of the JVM: {@code
 * --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED}. Without it every method that opens an end
 * or a bridge throws an {@link java.lang.IllegalStateException} that names the flag.
 */
package io.sluice.aeron;
