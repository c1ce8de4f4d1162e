package io.sluice.waiting;

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

    private static final Naps LONG = new Naps(Long.MAX_VALUE, Long.MAX_VALUE);
    private static final int BALL = 0;
    private static final int BELLS = 1024;
    private static final int LINE_PAIR = 128;

    private final Memory memory;
    private final int self;
    private final Bell other;
    private final BellWaiter waiter;

    private PingPong(Memory memory, int self, BellWaiter waiter) {
        this.memory = memory;
        this.self = self;
        this.other = bell(memory, 1 - self);
        this.waiter = waiter;
    }

    /**
     * Returns a player that waits until it is woken.
     *
     * @param memory the memory of both players
     * @param self the player's number, 0 or 1; player 0 begins
     * @param spins see {@link BellWaiter}
     * @param fence see {@link BellWaiter}
     */
    public static PingPong patient(Memory memory, int self, int spins, BooleanSupplier fence) {
        return new PingPong(memory, self, patient(bell(memory, self), fence, spins));
    }

    /** Returns a player with the park timeouts of every end. */
    public static PingPong usual(Memory memory, int self, int spins, BooleanSupplier fence) {
        Bell bell = bell(memory, self);
        return new PingPong(memory, self, new BellWaiter(bell, Rest.NOTHING, fence, spins));
    }

    private static Bell bell(Memory memory, int player) {
        return new Bell(memory, BELLS + player * LINE_PAIR);
    }

    /** Returns a waiter that waits until it is woken or its time is over. */
    static BellWaiter patient(Bell bell, BooleanSupplier fence, int spins) {
        return new BellWaiter(bell, Rest.NOTHING, fence, spins, LONG, LONG);
    }

    /** Plays that many rounds; returns how many were finished before a turn took too long. */
    public int play(int rounds, long deadlineNanos) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            if (!await(2L * i + self, deadlineNanos)) {
                return i;
            }
            memory.setLongRelease(BALL, 2L * i + self + 1);
            other.ring();
        }
        return rounds;
    }

    private boolean await(long stroke, long deadlineNanos) throws InterruptedException {
        waiter.start(deadlineNanos);
        try {
            while (memory.getLongAcquire(BALL) != stroke) {
                if (!waiter.pause()) {
                    return memory.getLongAcquire(BALL) == stroke;
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
                + memory.getLong(BALL)
                + ", bells "
                + memory.getLong(BELLS)
                + " "
                + memory.getLong(BELLS + LINE_PAIR)
                + ", "
                + waiter.sleeps()
                + " sleeps, "
                + waiter.wakes()
                + " wakes";
    }
}
