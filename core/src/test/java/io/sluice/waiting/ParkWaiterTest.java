package io.sluice.waiting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wake-up between a check and the next pause is kept, step by step. */
@Timeout(60)
class ParkWaiterTest {
    private final Sleepers first = new Sleepers();
    private final Sleepers second = new Sleepers();
    private final ParkWaiter waiter = ParkWaiter.thatDoesNotSpin(Long.MAX_VALUE, first, second);

    private void wokenAfterItsLook() throws InterruptedException {
        waiter.start(Waiter.NO_LIMIT);
        assertTrue(waiter.pause());
        assertEquals(1, first.count());
        assertEquals(1, second.count());
        second.wakeOne();
    }

    @Test
    void itSaysSoUntilItHasLookedOnceMore() throws InterruptedException {
        wokenAfterItsLook();
        assertTrue(waiter.pause());
        assertTrue(waiter.stop(), "the look has not found out what it was for");
        assertEquals(1, waiter.wokenAt());
        assertEquals(0, first.count());
        assertEquals(0, second.count());
        assertEquals(0, waiter.sleeps());
    }

    @Test
    void afterALookThatFoundNothingItLiesDownAgain() throws InterruptedException {
        wokenAfterItsLook();
        assertTrue(waiter.pause());
        assertFalse(waiter.isLyingDown());
        assertTrue(waiter.pause());
        assertTrue(waiter.isLyingDown());
        assertEquals(1, waiter.wokenAt());
        assertFalse(waiter.stop(), "that wake-up is used");
    }

    @Test
    void oneThatIsInterruptedMeanwhileSaysSo() throws InterruptedException {
        wokenAfterItsLook();
        assertTrue(waiter.pause());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, waiter::pause);
        assertTrue(waiter.stop());
    }

    @Test
    void aWakeUpThatEndsASleepIsUsedByTheNextLook() throws InterruptedException {
        waiter.start(Waiter.NO_LIMIT);
        assertTrue(waiter.pause());
        Thread thread = Thread.currentThread();
        Thread waker =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    while (thread.getState() != Thread.State.WAITING
                                            && thread.getState() != Thread.State.TIMED_WAITING) {
                                        Thread.onSpinWait();
                                    }
                                    first.wakeOne();
                                });
        while (waiter.isLyingDown()) { // A park may return spuriously.
            assertTrue(waiter.pause());
        }
        waker.join();
        assertTrue(waiter.sleeps() > 0);
        assertTrue(waiter.pause());
        assertTrue(waiter.isLyingDown());
        assertFalse(waiter.stop());
    }

    /** A waker of an earlier wait may have left an entry where the waiter waits no longer. */
    @Test
    void anEntryOfAnEarlierSleepSwallowsNoWakeUp() throws InterruptedException {
        ParkWaiter other = ParkWaiter.thatDoesNotSpin(Long.MAX_VALUE, second);
        waiter.want(1, false);
        waiter.start(Waiter.NO_LIMIT);
        assertTrue(waiter.pause());
        second.add(new Bed(waiter, 1, second));
        other.start(Waiter.NO_LIMIT);
        assertTrue(other.pause());
        second.wakeOne();
        assertTrue(other.stop());
        assertEquals(0, second.count());
        assertTrue(waiter.isLyingDown());
        assertFalse(waiter.stop());
        assertEquals(0, first.count());
    }
}
