package io.sluice.heap;

import io.sluice.Ends;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * One side of a mailbox: the set of its open ends, and whether the last one has closed, which is
 * final. All methods except {@link #gone()} are called under the mailbox's lock.
 *
 * @param <T> the type of the ends
 */
final class Side<T> {
    private final String name;
    private final Ends allowed;
    private final String whenGone;
    private final Set<T> open = new HashSet<>();
    private volatile boolean gone;

    Side(String name, Ends allowed, String whenGone) {
        this.name = name;
        this.allowed = allowed;
        this.whenGone = whenGone;
    }

    /** Checks that one more end may be opened, and throws if not. */
    void admit() {
        if (gone) {
            throw new IllegalStateException(
                    String.format(
                            Locale.ROOT,
                            "no %s can be opened: the last one has closed and the mailbox %s for"
                                    + " good; create another mailbox",
                            name,
                            whenGone));
        }
        if (allowed == Ends.ONE && !open.isEmpty()) {
            throw new IllegalStateException(
                    String.format(
                            Locale.ROOT,
                            "a second %1$s, where one was specified; create the mailbox with"
                                    + " %1$ss(MANY)",
                            name));
        }
    }

    void add(T end) {
        open.add(end);
    }

    /** Removes an end that closes; returns whether it was the last one. */
    boolean remove(T end) {
        open.remove(end);
        if (!open.isEmpty()) {
            return false;
        }
        gone = true; // edge ENDED, to Side.gone
        return true;
    }

    Set<T> open() {
        return open;
    }

    /** Tests whether the last end has closed; if so, all that the ends did is visible. */
    boolean gone() {
        return gone; // edge ENDED, from Side.remove
    }

    @Override
    public String toString() {
        return gone ? "gone" : Integer.toString(open.size());
    }
}
