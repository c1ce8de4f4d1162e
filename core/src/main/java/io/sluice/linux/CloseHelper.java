package io.sluice.linux;

/** Closes several resources, each one even if closing another fails. */
public final class CloseHelper {
    private CloseHelper() {}

    /**
     * Closes all resources, in this order.
     *
     * @param resources the resources; null elements are skipped
     * @throws RuntimeException the first failure, wrapped in an {@link IllegalStateException} if it
     *     is checked, with later failures suppressed
     * @throws Error likewise
     */
    public static void closeAll(Iterable<? extends AutoCloseable> resources) {
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
