/**
 * The ends of a pipe: membership, liveness of the other ends, lanes, and waiting.
 *
 * <p><b>Crash recovery.</b> Each participant holds an open-file-description lock, which the kernel
 * releases when its process dies. An end that finds the lock of an attached end free acquires it,
 * runs {@link io.sluice.pipe.Recovery}, whose steps are repeatable, and writes <em>dead</em>.
 *
 * <ul>
 *   <li>A sender: what it had published is there, the rest is not. Its rendezvous offer is
 *       retracted. The next sender finds its position by following the records.
 *   <li>A receiver: what it had taken and not finished is delivered again, or dropped if the pipe
 *       is {@code AT_MOST_ONCE}: by the next receiver, or with many receivers by recovery, to the
 *       others.
 *   <li>A paused process keeps its place and what it has taken.
 * </ul>
 *
 * <p><b>Leaked ends.</b> An end dropped without a close is closed by a {@code Cleaner} ({@link
 * io.sluice.pipe.LeakedEnd}), so nothing of an end may refer to its {@code PipeSender} or {@code
 * PipeReceiver}.
 *
 * <p><b>Closing.</b> Another thread may close an end during any blocking call of it. The call then
 * releases what it uses ({@link io.sluice.wait.Occupancy}); between two blocking calls the close
 * aborts a claimed message, and its commit throws. A call that does not block must not run beside a
 * close. If one does, what it writes reaches no memory that belongs to another end by then, since
 * an end that leaves releases its lock last. If steps of a close fail, because a peer has corrupted
 * or truncated the memory, it performs all others.
 */
package io.sluice.pipe;
