/** Pipes as streams of bytes: {@code java.io} streams and {@code java.nio} channels. */
package io.sluice.stream;
