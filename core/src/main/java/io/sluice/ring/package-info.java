/**
 * Lanes: a single sender's ring inside a pipe, the layout and the protocol of such rings, and how
 * their endpoints notify each other. Uses shared memory, and the words on which an endpoint blocks;
 * no files and no processes.
 */
package io.sluice.ring;
