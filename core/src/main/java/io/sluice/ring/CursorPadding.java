package io.sluice.ring;

/** The padding that keeps preceding objects off the cache lines of {@link CursorWords}. */
abstract class CursorPadding {
    @SuppressWarnings("unused") // Padding, never accessed.
    long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
}
