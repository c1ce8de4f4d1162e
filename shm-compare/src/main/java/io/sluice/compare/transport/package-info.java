/**
 * The port: a {@link io.sluice.compare.transport.Transport} is a way to pass messages between two
 * processes, a {@link io.sluice.compare.transport.Link} is one end of it. What a mechanism of this
 * jar is stands in {@code mechanisms.json}, how it works in one class; {@link
 * io.sluice.compare.transport.Transports} lists them. They do not depend on the measurement.
 */
package io.sluice.compare.transport;
