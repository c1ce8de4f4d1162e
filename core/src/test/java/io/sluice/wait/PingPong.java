package io.sluice.wait;

import io.sluice.memory.Memory;
import java.util.function.BooleanSupplier;

/**
 * Two players that alternate on a word, which counts the turns. Each waits on its own event until
 * its turn, and notifies the other. A patient player's park timeouts exceed any deadline: a lost
 * wake-up shows up as a turn that never comes.
 */
public final class PingPong {
    /** The memory that a game requires, in bytes. */
    public static final int SIZE = 4096;

    private static final ParkTimeouts NO_TIMEOUT = new ParkTimeouts(Long.MAX_VALUE, Long.MAX_VALUE);
    private static final int TURN = 0;
    private static final int EVENTS = 1024;
    private static final int LINE_PAIR = 128;

    private final Memory memory;
    private final int self;
    private final FutexEvent other;
    private final FutexWaiter waiter;

    private PingPong(Memory memory, int self, FutexWaiter waiter) {
        this.memory = memory;
        this.self = self;
        this.other = event(memory, 1 - self);
        this.waiter = waiter;
    }

    /**
     * Returns a player that waits until it is woken.
     *
     * @param memory the memory of both players
     * @param self the player's number, 0 or 1; player 0 begins
     * @param spins see {@link FutexWaiter}
     * @param fence see {@link FutexWaiter}
     */
    public static PingPong untimed(Memory memory, int self, int spins, BooleanSupplier fence) {
        return new PingPong(memory, self, untimed(event(memory, self), fence, spins));
    }

    /** Returns a player with the park timeouts of every end. */
    public static PingPong timed(Memory memory, int self, int spins, BooleanSupplier fence) {
        FutexEvent futexEvent = event(memory, self);
        return new PingPong(
                memory, self, new FutexWaiter(futexEvent, Waiter.Hook.NO_OP, fence, spins));
    }

    private static FutexEvent event(Memory memory, int player) {
        return new FutexEvent(memory, EVENTS + player * LINE_PAIR);
    }

    /** Returns a waiter that waits until it is woken or its time is over. */
    static FutexWaiter untimed(FutexEvent futexEvent, BooleanSupplier fence, int spins) {
        return new FutexWaiter(futexEvent, Waiter.Hook.NO_OP, fence, spins, NO_TIMEOUT, NO_TIMEOUT);
    }

    /** Plays that many rounds; returns how many were finished before a turn took too long. */
    public int play(int rounds, long deadlineNanos) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            if (!await(2L * i + self, deadlineNanos)) {
                return i;
            }
            memory.setLongRelease(TURN, 2L * i + self + 1);
            other.notifyOne();
        }
        return rounds;
    }

    private boolean await(long stroke, long deadlineNanos) throws InterruptedException {
        waiter.start(deadlineNanos);
        try {
            while (memory.getLongAcquire(TURN) != stroke) {
                if (!waiter.pause()) {
                    return memory.getLongAcquire(TURN) == stroke;
                }
            }
            return true;
        } finally {
            waiter.stop();
        }
    }

    /** Returns how often this player has waited in a futex call. */
    public long sleeps() {
        return waiter.sleeps();
    }

    @Override
    public String toString() {
        return "player "
                + self
                + ": ball "
                + memory.getLong(TURN)
                + ", futex events "
                + memory.getLong(EVENTS)
                + " "
                + memory.getLong(EVENTS + LINE_PAIR)
                + ", "
                + waiter.sleeps()
                + " sleeps, "
                + waiter.wakes()
                + " wakes";
    }
}
