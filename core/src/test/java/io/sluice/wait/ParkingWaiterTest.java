package io.sluice.wait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.TestThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wake-up between a check and the next pause is kept, step by step. */
@Timeout(60)
class ParkingWaiterTest {
    private final WaitQueue first = new WaitQueue();
    private final WaitQueue second = new WaitQueue();
    private final ParkingWaiter waiter =
            ParkingWaiter.withoutSpinning(Long.MAX_VALUE, first, second);

    private void wokenAfterItsCheck() throws InterruptedException {
        waiter.start(Waiter.NO_TIMEOUT);
        assertTrue(waiter.pause());
        assertEquals(1, first.count());
        assertEquals(1, second.count());
        second.wakeOne();
    }

    @Test
    void stopReturnsTrueUntilItHasCheckedOnceMore() throws InterruptedException {
        wokenAfterItsCheck();
        assertTrue(waiter.pause());
        assertTrue(waiter.stop(), "the look has not found out what it was for");
        assertEquals(1, waiter.wokenIndex());
        assertEquals(0, first.count());
        assertEquals(0, second.count());
        assertEquals(0, waiter.sleeps());
    }

    @Test
    void afterACheckThatFoundNothingItIsEnqueuedAgain() throws InterruptedException {
        wokenAfterItsCheck();
        assertTrue(waiter.pause());
        assertFalse(waiter.isEnqueued());
        assertTrue(waiter.pause());
        assertTrue(waiter.isEnqueued());
        assertEquals(1, waiter.wokenIndex());
        assertFalse(waiter.stop(), "that wake-up is used");
    }

    @Test
    void stopReturnsTrueIfInterruptedMeanwhile() throws InterruptedException {
        wokenAfterItsCheck();
        assertTrue(waiter.pause());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, waiter::pause);
        assertTrue(waiter.stop());
    }

    /**
     * In a thread of its own: one of a pool may have a permit, with which its first park returns at
     * once, before the wake-up.
     */
    @Test
    void aWakeUpThatEndsAParkIsConsumedByTheNextCheck() throws InterruptedException {
        TestThreads testThreads = new TestThreads(waiter);
        Thread thread =
                testThreads.start(
                        () -> {
                            waiter.start(Waiter.NO_TIMEOUT);
                            assertTrue(waiter.pause());
                            while (waiter.isEnqueued()) { // A park may return spuriously.
                                assertTrue(waiter.pause());
                            }
                            assertTrue(waiter.sleeps() > 0);
                            assertTrue(waiter.pause());
                            assertTrue(waiter.isEnqueued());
                            assertFalse(waiter.stop());
                        });
        testThreads.spinUntil(() -> thread.getState() == Thread.State.TIMED_WAITING);
        first.wakeOne();
        testThreads.join();
    }

    /** A waker of an earlier wait may have left an entry where the waiter waits no longer. */
    @Test
    void anEntryOfAnEarlierWaitConsumesNoWakeUp() throws InterruptedException {
        ParkingWaiter other = ParkingWaiter.withoutSpinning(Long.MAX_VALUE, second);
        waiter.setInterest(1, false);
        waiter.start(Waiter.NO_TIMEOUT);
        assertTrue(waiter.pause());
        second.add(new WaitNode(waiter, 1, second));
        other.start(Waiter.NO_TIMEOUT);
        assertTrue(other.pause());
        second.wakeOne();
        assertTrue(other.stop());
        assertEquals(0, second.count());
        assertTrue(waiter.isEnqueued());
        assertFalse(waiter.stop());
        assertEquals(0, first.count());
    }
}
