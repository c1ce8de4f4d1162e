package io.sluice.ring;

/**
 * The private state of one end of a lane, or of several lanes. Never shared; one thread at a time.
 */
final class Cursor extends CursorWords {
    @SuppressWarnings("unused") // Each keeps the objects behind off the words' cache lines.
    long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;
}
