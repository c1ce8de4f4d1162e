package io.sluice.waiting;

/**
 * What an end offers, beside its own operations, to whoever waits for several ends at once: where
 * to lie down, and whether there is something to do. Whoever waits tries the end's operation, which
 * does not wait; lies down in the sleepers of every end; tries all of them once more; and sleeps.
 *
 * <p>The end keeps one promise: whoever makes its operation possible calls {@link Sleepers#wakeOne}
 * <em>afterwards</em>, or {@link Sleepers#wakeAll} for news that concern everybody.
 *
 * <p>Where nothing is stored, in a rendezvous, both sides must be there at once. Its ends are
 * {@link MeetingEnd}s: whoever waits for several lets an offer or a demand of one of them stand
 * while it pauses, and takes that back before it looks again; so exactly one thing happens. Their
 * sleepers {@linkplain Sleepers#Sleepers(Sleepers) face} each other, and whoever lets something
 * stand, or tries in vain, wakes one of the other side. Who is woken there and finds nothing lets
 * an offer or a demand of that end stand next, so that two that wait for each other meet, whatever
 * else they wait for.
 *
 * <p>A mailbox's end gives the sleepers of its side, which it has anyway. A pipe's end has a bell
 * in shared memory that other processes ring, and would give sleepers of its own, which hold this
 * one select at most: when somebody lies down in them they arm the bell and take it to the {@link
 * Doorkeeper}, as {@link Rest#lieDown} does for an end that waits alone; the doorkeeper, which
 * waits for the bells of all, calls {@code wakeOne} when it is rung. The fence that follows must
 * reach the other processes then ({@code membarrier} for all that agreed to it), and no nap may be
 * longer than that of a pipe's end, because nobody rings for the dead.
 */
public interface Selectable {
    /**
     * Where one who waits for this end lies down.
     *
     * @return always the same
     */
    Sleepers sleepers();

    /**
     * Whether this end's operation would do something now, or throw. Has no effect. Any thread may
     * ask; if nobody else uses the end's side, the answer holds until the end's own thread acts.
     *
     * @return whether there is a message, or room for one
     */
    boolean ready();

    /** Gives a wake-up that was not used to the next sleeper, if there is something for it. */
    default void passOn() {
        if (ready() || sleepers().areFaced()) {
            sleepers().wakeOne();
        }
    }
}
