/**
 * The files of a pipe: names, layout, participants, and the checks that distinguish a pipe from
 * other files.
 *
 * <p>Runs no protocol of a lane: of {@code io.sluice.ring} it uses the descriptors only.
 *
 * <p>A process that dies while it creates a pipe leaves a hidden directory, which the next creation
 * of that name removes.
 */
package io.sluice.pipe.storage;
