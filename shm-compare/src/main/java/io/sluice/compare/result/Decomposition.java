package io.sluice.compare.result;

import java.util.List;
import java.util.Map;

/**
 * The parts of a blocking kernel mechanism's latency, from four measurements: the kernel copies or
 * memory is shared, and the receiver sleeps or does not. All in nanoseconds of a half round trip,
 * each the median over forks with its interval.
 *
 * @param size bytes of a message
 * @param placement where the ends ran
 * @param kernel the kernel mechanism's id: "pipe" or "uds.stream"
 * @param measurements the ids of the four measurements, by {@link #KERNEL_SLEEPS}, {@link
 *     #KERNEL_SPINS}, {@link #SHARED_SLEEPS} and {@link #SHARED_SPINS}; a measurement that is
 *     missing is absent
 * @param halfRoundTrip the four measurements' half round trips, by the same names
 * @param wakeK waking through the kernel object: kernel sleeps minus kernel spins
 * @param wakeS waking through a futex: shared sleeps minus shared spins
 * @param dataPath the kernel's path without any sleeping: kernel spins minus shared spins
 * @param interaction wakeK minus wakeS: negative if the kernel object's own wake-up is cheaper
 * @param kernelShare the part of the blocking half round trip, 0 to 1, that disappears when memory
 *     is shared and the receiver does not sleep
 * @param waitingShare the part of that difference, 0 to 1, that is waking
 * @param parts the whole in parts, by {@link #LINE}, {@link #SHARED_PATH}, {@link #ENTRY}, {@link
 *     #COPYING}, {@link #OBJECT}, {@link #COHERENCE} and {@link #WAKE}; they add up to the blocking
 *     half round trip, where all are known
 * @param remarks what a reader must know: that a receiver did not sleep, for instance
 */
public record Decomposition(
        int size,
        String placement,
        String kernel,
        Map<String, String> measurements,
        Map<String, Quantity> halfRoundTrip,
        Quantity wakeK,
        Quantity wakeS,
        Quantity dataPath,
        Quantity interaction,
        Quantity kernelShare,
        Quantity waitingShare,
        Map<String, Quantity> parts,
        List<String> remarks) {

    /** The measurement in which the kernel copies and the receiver sleeps. */
    public static final String KERNEL_SLEEPS = "KB";

    /** The measurement in which the kernel copies and the receiver does not sleep. */
    public static final String KERNEL_SPINS = "KH";

    /** The measurement in which memory is shared and the receiver sleeps. */
    public static final String SHARED_SLEEPS = "SF";

    /** The measurement in which memory is shared and the receiver does not sleep. */
    public static final String SHARED_SPINS = "SS";

    /** Moving a cache line, which no mechanism can avoid. */
    public static final String LINE = "line";

    /** The cost of shared memory beyond the line: writing, reading, more lines. */
    public static final String SHARED_PATH = "shared";

    /** Entering and leaving the kernel, twice. */
    public static final String ENTRY = "entry";

    /** The kernel's copies, in and out. */
    public static final String COPYING = "copy";

    /** The kernel object's own work: locks, pages, accounting, checking for sleepers. */
    public static final String OBJECT = "object";

    /** The part of the object's work that is its own state moving between the CPUs. */
    public static final String COHERENCE = "coherence";

    /** Putting to sleep and waking. */
    public static final String WAKE = "wake";

    /** Copies the collections. */
    public Decomposition {
        measurements = Copies.of(measurements);
        halfRoundTrip = Copies.of(halfRoundTrip);
        parts = Copies.of(parts);
        remarks = Copies.of(remarks);
    }
}
