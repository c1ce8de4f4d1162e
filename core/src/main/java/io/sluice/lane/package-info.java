/**
 * Lanes: a single sender's ring inside a pipe, their layout and their protocol. Pure shared memory:
 * knows nothing of files, processes or waiting.
 */
package io.sluice.lane;
