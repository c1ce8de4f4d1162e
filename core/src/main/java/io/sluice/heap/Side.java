package io.sluice.heap;

import io.sluice.Ends;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * One side of a mailbox: which of its ends are open, and whether the last one has gone. Gone is for
 * good. Everything but {@link #gone()} is called under the mailbox's lock.
 *
 * @param <T> the type of its ends
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

    /** Checks that one more end may be opened. */
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

    /** Removes an end that closes, and says whether it was the last one. */
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

    /** Whether the last end has closed; of everything that the ends did, all is visible then. */
    boolean gone() {
        return gone; // edge ENDED, from Side.remove
    }

    @Override
    public String toString() {
        return gone ? "gone" : Integer.toString(open.size());
    }
}
