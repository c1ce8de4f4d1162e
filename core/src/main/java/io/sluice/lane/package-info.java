/**
 * Lanes: a single sender's ring inside a pipe, their layout and their protocol, and how their ends
 * tell each other to look. Shared memory, and the words on which an end sleeps: no files, no
 * processes.
 */
package io.sluice.lane;
