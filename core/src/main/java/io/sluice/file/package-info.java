/**
 * A pipe's files: what they are called, how they begin, who is attached, and how one tells a pipe
 * from anything else that a directory may hold.
 */
package io.sluice.file;
