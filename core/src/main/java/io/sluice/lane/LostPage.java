package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * What the JVM throws when a page of a mapped file is not there any more: a peer has cut the file
 * off. It is an {@link InternalError} in the thread that touched the page.
 */
public final class LostPage {
    private static final int NOT_INLINED = 2;

    private LostPage() {}

    /**
     * Lets the JVM throw what it has noted. In compiled code a lost page is only noted where it is
     * touched; the error is thrown where the thread next polls for a safepoint, which may be in the
     * caller of whoever could translate it. To be called as the last thing that can be caught.
     *
     * <p>The return of a call that is not inlined polls, and HotSpot inlines a method into itself
     * no more than once: so it costs one call.
     */
    public static void settle() {
        settle(NOT_INLINED);
    }

    private static void settle(int calls) {
        if (calls > 0) {
            settle(calls - 1);
        }
    }

    /**
     * What a caller is to be thrown for what was caught. To be used wherever a public method has
     * touched mapped memory, for whatever is thrown there: what a handler, or a check, throws may
     * itself come of a page that is gone, while the JVM has only noted that.
     *
     * @param thrown what was caught
     * @return a {@link ChannelCorruptedException} if a page is gone, with what was caught
     *     suppressed; else what was caught, in an {@link IllegalStateException} if it is checked
     * @throws Error what was caught, if it is one and no page is gone
     */
    public static RuntimeException translated(Throwable thrown) {
        try {
            settle();
        } catch (InternalError lost) {
            ChannelCorruptedException corrupted = asCorruption(lost);
            corrupted.addSuppressed(thrown);
            return corrupted;
        }
        if (thrown instanceof InternalError lost) {
            return asCorruption(lost);
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException(thrown);
    }

    /**
     * Does a step that is of use to peers only, when an end leaves: if the memory is gone or
     * spoiled it is left undone, and they find that by themselves.
     *
     * @param step what to do
     */
    public static void ifSound(Runnable step) {
        try {
            step.run();
            settle();
        } catch (ChannelCorruptedException e) {
            // As above.
        } catch (InternalError e) {
            asCorruption(e); // As above, unless it has another reason.
        }
    }

    /**
     * Says it in our words.
     *
     * @param error what was thrown
     * @return what to throw instead
     * @throws InternalError the same, if it has another reason
     */
    public static ChannelCorruptedException asCorruption(InternalError error) {
        String message = error.getMessage();
        if (message == null || !message.contains("unsafe memory access")) {
            throw error;
        }
        return new ChannelCorruptedException(
                "a page of a mapped file is gone: the file was cut off", error);
    }
}
