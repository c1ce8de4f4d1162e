package io.sluice.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A pool of objects that are reused in turn: jcstress creates a state for every single run, and
 * mapped memory or an end of a lane is too slow to create each time. An object is reused after
 * {@link #SIZE} calls of {@link #next()}: jcstress keeps fewer states at a time.
 *
 * @param <T> the type of the objects
 */
public final class ObjectPool<T> {
    /**
     * The number of objects, a power of two: twice the states that jcstress keeps in a round. The
     * property {@code sluice.stress.pool} sets it, to 64 at least.
     */
    public static final int SIZE = Integer.getInteger("sluice.stress.pool", 512);

    private final List<T> objects = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /**
     * Creates a pool and all its objects.
     *
     * @param maker creates an object from its index, in 0..{@link #SIZE} - 1
     */
    public ObjectPool(IntFunction<T> maker) {
        for (int i = 0; i < SIZE; i++) {
            objects.add(maker.apply(i));
        }
    }

    /**
     * Returns the least recently used object. Any thread.
     *
     * @return the object, as its last user left it
     */
    public T next() {
        return objects.get(next.getAndIncrement() & SIZE - 1);
    }
}
