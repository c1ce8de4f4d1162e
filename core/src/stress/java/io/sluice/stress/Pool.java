package io.sluice.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Things that are used again and again, in turn: jcstress makes a state for every single run, and
 * memory that is mapped, or an end of a lane, is too slow to make. A thing is free again when
 * {@link #SIZE} others were asked for: jcstress keeps fewer states at a time.
 *
 * @param <T> what they are
 */
public final class Pool<T> {
    /** How many there are, a power of two: twice the states of a round, for those of the next. */
    public static final int SIZE = 512;

    private final List<T> things = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /**
     * A pool, all made at once.
     *
     * @param maker makes each from its number, in 0..{@link #SIZE} - 1
     */
    public Pool(IntFunction<T> maker) {
        for (int i = 0; i < SIZE; i++) {
            things.add(maker.apply(i));
        }
    }

    /**
     * The one that was not used for longest. Any thread.
     *
     * @return the thing, as its last user left it
     */
    public T next() {
        return things.get(next.getAndIncrement() & SIZE - 1);
    }
}
