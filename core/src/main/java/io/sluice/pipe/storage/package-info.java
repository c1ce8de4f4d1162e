/**
 * The files of a pipe: names, layout, participants, and the checks that distinguish a pipe from
 * other files.
 */
package io.sluice.pipe.storage;
