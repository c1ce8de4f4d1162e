/** The ends of a pipe: membership, liveness of the other ends, lanes, and waiting. */
package io.sluice.pipe;
