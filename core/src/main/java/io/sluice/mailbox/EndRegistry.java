package io.sluice.mailbox;

import io.sluice.Ends;
import java.util.HashSet;
import java.util.Set;

/**
 * One side of a mailbox: the set of its open ends, and whether the last one has closed, which is
 * final. Only {@link #allClosed()} is called without the mailbox's lock.
 *
 * @param <T> the type of the ends
 */
final class EndRegistry<T> {
    private final String name;
    private final Ends allowed;
    private final String closedMessage;
    private final Set<T> openEnds = new HashSet<>();
    private volatile boolean allClosed;

    EndRegistry(String name, Ends allowed, String closedMessage) {
        this.name = name;
        this.allowed = allowed;
        this.closedMessage = closedMessage;
    }

    /** Checks that one more end may be opened, and throws if not. */
    void checkCanOpen() {
        if (allClosed) {
            throw new IllegalStateException(
                    "no %s can be opened: the last one has closed and the mailbox %s for good; create another mailbox"
                            .formatted(name, closedMessage));
        }
        if (allowed == Ends.ONE && !openEnds.isEmpty()) {
            throw new IllegalStateException(
                    "a second %1$s, where one was specified; create the mailbox with %1$ss(Ends.MANY)"
                            .formatted(name));
        }
    }

    T add(T end) {
        openEnds.add(end);
        return end;
    }

    /** Removes an end that closes; returns whether it was the last one. */
    boolean remove(T end) {
        openEnds.remove(end);
        if (!openEnds.isEmpty()) {
            return false;
        }
        allClosed = true; // edge ENDED, to EndRegistry.allClosed
        return true;
    }

    Set<T> openEnds() {
        return openEnds;
    }

    /** Tests whether the last end has closed; if so, all that the ends did is visible. */
    boolean allClosed() {
        return allClosed; // edge ENDED, from EndRegistry.remove
    }

    @Override
    public String toString() {
        return allClosed ? "gone" : Integer.toString(openEnds.size());
    }
}
