/**
 * Other libraries' ways to pass messages between processes. In a jar of their own, which the
 * {@linkplain io.sluice.compare.transport.Transport service} finds beside {@code shm-compare.jar}.
 */
package io.sluice.compare.peers;
