package io.sluice.pipe;

import io.sluice.pipe.PipeEvents.WaitEvent;
import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/**
 * The events of pipes for JDK Flight Recorder. Only {@link PipeEvents} uses this class, and only in
 * a JVM that has the module {@code jdk.jfr}; the events themselves are not loaded before the first
 * recording starts.
 */
final class FlightRecorderEvents {
    private static final String PREFIX = "io.sluice.";

    private FlightRecorderEvents() {}

    /** Tests whether a recording was started in this JVM, which may have ended. */
    static boolean isInitialized() {
        return FlightRecorder.isInitialized();
    }

    /** Begins the event of a wait; returns null if it is disabled. */
    static WaitEvent beginWait(boolean sender) {
        PipeWait wait = sender ? new SenderWait() : new ReceiverWait();
        if (!wait.isEnabled()) {
            return null;
        }
        wait.begin();
        return wait;
    }

    static void peerDied(Path pipe, boolean sender, int slot, long pid, int messages) {
        PeerDied event = new PeerDied();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.sender = sender;
            event.slot = slot;
            event.pid = pid;
            event.messages = messages;
            event.commit();
        }
    }

    static void redelivered(Path pipe, int lane, int messages, int attempt) {
        MessagesRedelivered event = new MessagesRedelivered();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.lane = lane;
            event.messages = messages;
            event.attempt = attempt;
            event.commit();
        }
    }

    static void grown(Path pipe, int lane, long bytes) {
        PipeGrowth event = new PipeGrowth();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.lane = lane;
            event.bytes = bytes;
            event.commit();
        }
    }

    static void dropped(Path pipe, int lane, long messages) {
        MessagesDropped event = new MessagesDropped();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.lane = lane;
            event.messages = messages;
            event.commit();
        }
    }

    static void lost(Path pipe, int lane, long messages, long bytes) {
        MessagesLost event = new MessagesLost();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.lane = lane;
            event.messages = messages;
            event.bytes = bytes;
            event.commit();
        }
    }

    static void corrupted(Path pipe, String found) {
        Corruption event = new Corruption();
        if (event.shouldCommit()) {
            event.pipe = pipe.toString();
            event.found = found;
            event.commit();
        }
    }

    /** What all events have in common: they are disabled unless a recording enables them. */
    @Category({"Sluice", "Pipe"})
    @Enabled(false)
    @StackTrace(false)
    private abstract static class PipeEvent extends Event {
        @Label("Pipe")
        @Description("The absolute path of the pipe")
        String pipe;
    }

    /** A wait of an end: it begins when the end prepares to block in the kernel, after spinning. */
    @StackTrace
    @Threshold("20 ms")
    private abstract static class PipeWait extends PipeEvent implements WaitEvent {
        @Label("Slot")
        @Description("The number of the waiting end's slot on its side, from 0")
        int slot;

        @Override
        public void end(Path path, int ownSlot) {
            end();
            if (shouldCommit()) {
                pipe = path.toString();
                slot = ownSlot;
                commit();
            }
        }
    }

    @Name(PREFIX + "SenderWait")
    @Label("Sender Wait")
    @Description(
            "A sender slept until there was room; of a rendezvous, until its message was received")
    private static final class SenderWait extends PipeWait {}

    @Name(PREFIX + "ReceiverWait")
    @Label("Receiver Wait")
    @Description("A receiver slept until there was a message")
    private static final class ReceiverWait extends PipeWait {}

    @Name(PREFIX + "PeerDied")
    @Label("Peer Died")
    @Description("This process found an end whose process had died, and recovered what it held")
    private static final class PeerDied extends PipeEvent {
        @Label("Sender")
        @Description("Whether the dead end was a sender")
        boolean sender;

        @Label("Slot")
        @Description("The number of the dead end's slot on its side, from 0")
        int slot;

        @Label("Process Id")
        @Description("The dead process, in its own PID namespace")
        long pid;

        @Label("Messages")
        @Description("How many messages it had taken and not finished, where receivers share lanes")
        int messages;
    }

    @Name(PREFIX + "MessagesRedelivered")
    @Label("Messages Redelivered")
    @Description("Messages that a receiver had taken and not finished are delivered again")
    private static final class MessagesRedelivered extends PipeEvent {
        @Label("Lane")
        @Description("The number of the slot of the messages' sender, from 0")
        int lane;

        @Label("Messages")
        int messages;

        @Label("Attempt")
        @Description("How often they were handed out before: the highest number")
        int attempt;
    }

    @Name(PREFIX + "PipeGrowth")
    @Label("Pipe Growth")
    @Description("An unbounded pipe allocated the space of another ring")
    private static final class PipeGrowth extends PipeEvent {
        @Label("Lane")
        @Description("The number of the sender's slot, from 0")
        int lane;

        @Label("Size")
        @DataAmount
        long bytes;
    }

    @Name(PREFIX + "MessagesDropped")
    @Label("Messages Dropped")
    @Description("A sender at its quota dropped its oldest messages")
    private static final class MessagesDropped extends PipeEvent {
        @Label("Lane")
        @Description("The number of the sender's slot, from 0")
        int lane;

        @Label("Messages")
        long messages;
    }

    @Name(PREFIX + "MessagesLost")
    @Label("Messages Lost")
    @Description(
            "A receiver of a broadcast found that messages were overwritten before it had them")
    private static final class MessagesLost extends PipeEvent {
        @Label("Lane")
        @Description("The number of the slot of the messages' sender, from 0")
        int lane;

        @Label("Messages")
        long messages;

        @Label("Size")
        @DataAmount
        long bytes;
    }

    @Name(PREFIX + "Corruption")
    @Label("Corruption")
    @Description("An end found what no peer writes, or a truncated file")
    private static final class Corruption extends PipeEvent {
        @Label("Found")
        String found;
    }
}
