/**
 * The files of a pipe: names, layout, participants, and the checks that distinguish a pipe from
 * other files.
 *
 * <p>Runs no protocol of a lane. Of {@code io.sluice.ring} it uses the descriptors, the segments of
 * an unbounded lane, and the link of the first one.
 *
 * <p>A process that dies while it creates a pipe leaves a hidden directory, which the next creation
 * of that name removes.
 */
package io.sluice.pipe.storage;
