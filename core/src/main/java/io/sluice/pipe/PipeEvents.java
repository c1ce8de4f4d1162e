package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.LaneReceiver;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * What an end reports of its pipe to JDK Flight Recorder, and to the log, all of it outside the
 * paths that messages take. Without a recording each event is one test of a flag, and allocates
 * nothing. The log gets what an operator must know, once for each pipe that this process has
 * opened: later ones are in the statistics, and in recordings.
 *
 * <p>Used by the thread of its end.
 */
final class PipeEvents {
    /** Whether this JVM has Flight Recorder: {@code jdk.jfr} is an optional module. */
    private static final boolean AVAILABLE =
            ModuleLayer.boot()
                    .findModule("jdk.jfr")
                    .filter(PipeEvents.class.getModule()::canRead)
                    .isPresent();

    private static final String UNFINISHED = "unfinished";

    /** The event of a wait that has begun. */
    interface WaitEvent {
        /**
         * Ends the event, and records it if the wait was long enough.
         *
         * @param pipe the path of the pipe
         * @param slot the number of the slot of the end that waited
         */
        void end(Path pipe, int slot);
    }

    private final PipeFiles files;
    private final Path pipe;
    private ChannelCorruptedException logged; // As a lane that was given up.

    PipeEvents(PipeFiles files) {
        this.files = files;
        this.pipe = files.path();
    }

    private void logOnce(Level level, String kind, String text) {
        if (files.isFirst(kind)) {
            System.getLogger("io.sluice").log(level, pipe + ": " + text);
        }
    }

    /** Tests whether an event may be recorded. */
    static boolean mayRecord() {
        return AVAILABLE && FlightRecorderEvents.isInitialized();
    }

    /**
     * Reports that an end was found dead, and recovered.
     *
     * @param messages the number of messages that it had taken and not finished
     * @param redelivered whether they are delivered again, or dropped
     */
    void peerDied(boolean sender, int slot, long pid, int messages, boolean redelivered) {
        if (mayRecord()) {
            FlightRecorderEvents.peerDied(pipe, sender, slot, pid, messages);
        }
        if (messages > 0) {
            logOnce(
                    Level.WARNING,
                    UNFINISHED,
                    String.format(
                            "receiver %d (process %d) has died; messages that it had taken and not"
                                    + " finished are %s: %d",
                            slot, pid, redelivered ? "delivered again" : "dropped", messages));
        }
    }

    /** Reports messages that are delivered again. */
    void redelivered(int lane, int messages, int attempt) {
        if (messages > 0 && mayRecord()) {
            FlightRecorderEvents.redelivered(pipe, lane, messages, attempt);
        }
    }

    /** Reports messages that a sender has dropped at its quota. */
    void dropped(int lane, long messages) {
        if (messages > 0 && mayRecord()) {
            FlightRecorderEvents.dropped(pipe, lane, messages);
        }
    }

    /** Reports that what no peer writes was found. */
    void corrupted(ChannelCorruptedException found) {
        if (mayRecord()) {
            FlightRecorderEvents.corrupted(pipe, found.getMessage());
        }
        if (found != logged) {
            logOnce(
                    Level.ERROR,
                    "corrupt",
                    "corrupt: " + found.getMessage() + "; delete the pipe, and make it again");
        }
    }

    /** Translates what was thrown while an end attached, and reports it if it is corruption. */
    static RuntimeException translate(PipeFiles files, Throwable thrown) {
        RuntimeException translated = MappingFault.translate(thrown);
        if (translated instanceof ChannelCorruptedException found) {
            new PipeEvents(files).corrupted(found);
        }
        return translated;
    }

    /** Reports that a receiver has given up a lane; the exception is also {@link #corrupted}. */
    void laneGivenUp(ChannelCorruptedException found, String lane) {
        logged = found;
        logOnce(
                Level.ERROR,
                "lane given up",
                "a receiver has given up a corrupt lane, and goes on with the others: " + lane);
    }

    /** Reports, of a lane that a receiver has just opened, what comes again and what is lost. */
    void watch(int lane, LaneReceiver receiver) {
        int again = receiver.redeliveredMessages();
        if (again > 0) {
            redelivered(lane, again, receiver.nextAttempt());
            logOnce(
                    Level.WARNING,
                    UNFINISHED,
                    "messages that an earlier receiver had taken and not finished are delivered"
                            + " again: "
                            + again);
        }
        receiver.onLost(
                (messages, bytes) -> {
                    if (mayRecord()) {
                        FlightRecorderEvents.lost(pipe, lane, messages, bytes);
                    }
                });
    }

    /** Returns the memory of a sender's lane that reports its growth. */
    RingMemory watchGrowth(int lane, RingMemory memory, long segmentBytes) {
        return memory.isSegmented()
                ? new RingMemory(
                        memory.control(),
                        memory.table(),
                        new WatchedSegments(memory.segments(), lane, segmentBytes),
                        memory::close)
                : memory;
    }

    private final class WatchedSegments implements SegmentStore {
        private final SegmentStore store;
        private final int lane;
        private final long segmentBytes;

        WatchedSegments(SegmentStore store, int lane, long segmentBytes) {
            this.store = store;
            this.lane = lane;
            this.segmentBytes = segmentBytes;
        }

        @Override
        public int slots() {
            return store.slots();
        }

        @Override
        public void allocate(int slot) throws IOException {
            store.allocate(slot);
            if (mayRecord()) {
                FlightRecorderEvents.grown(pipe, lane, segmentBytes);
            }
        }

        @Override
        public void free(int slot) {
            store.free(slot);
        }

        @Override
        public RingMemory map(int slot) throws IOException {
            return store.map(slot);
        }
    }

    /**
     * Returns the steps of a wait that also report it, from when the end prepares to block.
     *
     * @param membership the end
     * @param sender whether it is a sender
     * @param hook the steps
     */
    Waiter.Hook watchWaits(Membership membership, boolean sender, Waiter.Hook hook) {
        return new Waiter.Hook() {
            private WaitEvent event;
            private int slot;

            @Override
            public boolean beforeWait() {
                if (event == null && mayRecord()) {
                    event = FlightRecorderEvents.beginWait(sender);
                    slot = membership.index();
                }
                return hook.beforeWait();
            }

            @Override
            public void afterWait() {
                WaitEvent ended = event;
                event = null;
                try {
                    hook.afterWait();
                } finally {
                    if (ended != null) {
                        ended.end(pipe, slot);
                    }
                }
            }
        };
    }
}
