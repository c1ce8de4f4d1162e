/**
 * Waiting strategies of an end: spinning, or spinning briefly and then blocking.
 *
 * <p>A blocking call loops over a {@link io.sluice.wait.Waiter}: try, pause, try.
 *
 * <ul>
 *   <li>{@link io.sluice.wait.Waiter#idle} runs an Agrona {@code IdleStrategy}.
 *   <li>{@link io.sluice.wait.FutexWaiter} (pipes) spins briefly, then waits on a futex in shared
 *       memory. The waiting side pays: it arms its {@link io.sluice.wait.FutexEvent} (a receiver
 *       also requests a notification in each lane), fences all peers by {@code membarrier}, tries
 *       once more, and waits. A sender that wakes a receiver fences for its next messages itself,
 *       and spares receivers the {@code membarrier}. A futex wait lasts at most 50 ms (1 ms where
 *       peers cannot be fenced), to look for dead peers.
 *   <li>{@link io.sluice.wait.FutexPoller}: for virtual threads, and for a {@code Select} over
 *       pipes ({@link io.sluice.wait.PolledEvent}), one platform thread waits.
 *   <li>{@link io.sluice.wait.ParkingWaiter} (mailboxes) spins for about as long as a wake-up
 *       takes, enqueues itself in each {@link io.sluice.wait.WaitQueue} (first come, first woken),
 *       fences likewise, and parks; on leaving it passes on an unused wake-up.
 * </ul>
 */
package io.sluice.wait;
