package io.sluice.os;

/** Closes several things, each of them whatever becomes of the others. */
public final class Closing {
    private Closing() {}

    /**
     * Closes all, in this order.
     *
     * @param resources what to close; there is nothing to do for one that is null
     * @throws RuntimeException what the first one threw that failed, in an {@link
     *     IllegalStateException} if it is checked, with the others' suppressed
     * @throws Error likewise
     */
    public static void all(Iterable<? extends AutoCloseable> resources) {
        Throwable failure = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Throwable e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failure);
        }
    }
}
