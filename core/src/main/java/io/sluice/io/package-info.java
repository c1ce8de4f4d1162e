/** Pipes as byte streams: {@code java.io} streams and {@code java.nio} channels. */
package io.sluice.io;
