package io.sluice.linux;

import java.io.IOException;

/**
 * Numbered locks, each held by the owner that took it, and free once that owner is closed or its
 * process has ended: those of a {@link Descriptor}'s file.
 */
public interface OfdLocks extends AutoCloseable {
    /**
     * Takes a lock unless another owner holds it.
     *
     * @param index the lock's number
     * @return whether this owner holds it now
     * @throws IOException if the system fails
     */
    boolean tryLock(long index) throws IOException;

    /**
     * Releases a lock.
     *
     * @param index the lock's number
     * @throws IOException if the system fails
     */
    void unlock(long index) throws IOException;

    /**
     * Tests whether another owner holds a lock.
     *
     * @param index the lock's number
     * @return whether another owner holds it
     * @throws IOException if the system fails
     */
    boolean isLockedByAnother(long index) throws IOException;

    /** Releases all locks. */
    @Override
    void close();
}
