/**
 * The port: a {@link io.sluice.compare.transport.Transport} is a way to pass messages between two
 * processes, a {@link io.sluice.compare.transport.Link} is one end of it. One file a mechanism;
 * {@link io.sluice.compare.transport.Transports} lists them. They know nothing of how they are
 * measured.
 */
package io.sluice.compare.transport;
