package io.sluice.os;

import java.io.IOException;

/**
 * Locks, each with a number, that belong to whoever opened them, and are free when that one is
 * gone: those of a {@link Descriptor}'s file.
 */
public interface Locks extends AutoCloseable {
    /**
     * Takes a lock if nobody else has it.
     *
     * @param index its number
     * @return whether it is this opener's now
     * @throws IOException if the system refuses
     */
    boolean tryLock(long index) throws IOException;

    /**
     * Gives a lock back.
     *
     * @param index its number
     * @throws IOException if the system refuses
     */
    void unlock(long index) throws IOException;

    /**
     * Whether somebody else has a lock.
     *
     * @param index its number
     * @return whether it is another's
     * @throws IOException if the system refuses
     */
    boolean isLockedByAnother(long index) throws IOException;

    /** Gives all locks back. */
    @Override
    void close();
}
