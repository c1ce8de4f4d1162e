package io.sluice.compare.result;

/** The names of what only some patterns measure: keys of {@link Fork#numbers()}. */
public final class Numbers {
    /**
     * Pattern oneway: the messages sent per second; what was delayed and caught up counts as sent
     * in time.
     */
    public static final String ACHIEVED_RATE = "achievedRatePerSecond";

    /** Pattern oneway: the scheduled messages per second. */
    public static final String TARGET_RATE = "targetRatePerSecond";

    /** Pattern oneway: how far the two ends' clocks may be apart, estimated, in nanoseconds. */
    public static final String CLOCK_OFFSET_NS = "clockOffsetNs";

    /**
     * Pattern fanin: Jain's index of the senders' rates: 1 if all are equal, 1/n if one has all.
     */
    public static final String FAIRNESS = "fairness";

    /** Pattern burst: messages of a burst. */
    public static final String BURST_MESSAGES = "burstMessages";

    /** Pattern burst: from the first send to the last message received, divided by the messages. */
    public static final String BURST_NS_PER_MESSAGE = "burstNsPerMessage";

    /** Pattern oversub: pairs of ends that ran at the same time. */
    public static final String PAIRS = "pairs";

    /** Pattern oversub: processors that these pairs shared. */
    public static final String CPUS = "cpus";

    /** Pattern lifecycle: creating the channel, in nanoseconds. */
    public static final String CREATE_NS = "createNs";

    /** Pattern lifecycle: opening the initiator's end, in nanoseconds. */
    public static final String ATTACH_NS = "attachNs";

    /** Pattern lifecycle: the first message there and back, in nanoseconds. */
    public static final String FIRST_MESSAGE_NS = "firstMessageNs";

    /** Pattern lifecycle: closing the initiator's end, in nanoseconds. */
    public static final String CLOSE_NS = "closeNs";

    /** Pattern lifecycle: bytes by which an end's resident memory grew as it opened. */
    public static final String RESIDENT_BYTES = "residentBytes";

    /** Pattern peerdeath: from the kill until the survivor's call reported it, in nanoseconds. */
    public static final String NOTICED_NS = "noticedNs";

    /** Pattern peerdeath: messages that were sent and that the survivor did not receive. */
    public static final String MESSAGES_LOST = "messagesLost";

    /** Pattern peerdeath: files and kernel objects that were left after both ends had exited. */
    public static final String LEFTOVERS = "leftovers";

    /** All patterns: 1 if warming up came to a steady state, 0 if it ran out of time before. */
    public static final String STEADY = "steady";

    /** All patterns: messages before the measured ones, counted as those are. */
    public static final String WARM_UP_MESSAGES = "warmUpMessages";

    /** All patterns: cycles of a chain of dependent instructions, as GHz, before the fork. */
    public static final String GHZ_BEFORE = "ghzBefore";

    /** All patterns: the same, after it. */
    public static final String GHZ_AFTER = "ghzAfter";

    /**
     * Where a pause of the responder was requested: its length, in nanoseconds; missing if none
     * happened.
     */
    public static final String INJECTED_PAUSE_NS = "injectedPauseNs";

    /**
     * Where others work for the ends, a process (a media driver) or threads that a library has
     * started in theirs (an event loop): their CPU time while the messages were exchanged, in
     * nanoseconds. It is in no end's counters, and not in those of the rest of the machine.
     */
    public static final String HELPER_CPU_NS = "helperCpuNs";

    /**
     * Pattern oneway: how long the sender was in calls that send, in nanoseconds. The rest of its
     * CPU time is the schedule's, which spins on the clock.
     */
    public static final String SENDING_NS = "sendingNs";

    private Numbers() {}
}
