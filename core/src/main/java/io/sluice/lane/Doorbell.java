package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.ATTENTION_CORRUPT;
import static io.sluice.lane.LaneDescriptor.ATTENTION_NONE;
import static io.sluice.lane.LaneDescriptor.ATTENTION_OFFSET;
import static io.sluice.lane.LaneDescriptor.ATTENTION_WANTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;
import java.lang.invoke.VarHandle;

/**
 * How a sender tells the receivers that its lane has something, if any of them wants to know.
 *
 * <p>The lane's word <em>attention</em> says so; for a stream it is a word that hardly ever changes
 * and costs the sender one plain load. It is set by a receiver that stops to look at the lane,
 * because it is about to sleep or the lane was empty for long. The sender that finds it set takes
 * it back, marks its lane as busy, and wakes one sleeper; if more of them sleep it sets the word
 * again, so that the next message wakes the next one.
 *
 * <p>Senders never fence: the load may be done before the message is visible. The receiver fences
 * for both (see {@link io.sluice.waiting.BellWaiter}) after it has set the word and before it looks
 * at the lane once more. The model of this protocol is {@code bell.pml}.
 *
 * <p>Guarantee: lock-free; wait-free while attention is not wanted. The sender's thread.
 */
public final class Doorbell {
    private final Memory control;
    private final SharedBits busy;
    private final SharedBits sleepers;
    private final Bell[] bells;
    private final int lane;

    /**
     * The doorbell of one lane.
     *
     * @param control the lane's control block
     * @param lane its number
     * @param busy a bit for each lane
     * @param sleepers a bit for each receiver
     * @param bells what each receiver sleeps on
     */
    public Doorbell(Memory control, int lane, SharedBits busy, SharedBits sleepers, Bell[] bells) {
        this.control = control;
        this.lane = lane;
        this.busy = busy;
        this.sleepers = sleepers;
        this.bells = bells.clone();
        // No edge: a new sender's first message rings, whatever the last one has left there.
        control.setLongRelease(ATTENTION_OFFSET, ATTENTION_WANTED);
    }

    /**
     * Whether the message that was just published is to be announced by {@link #ring}. For every
     * message.
     *
     * @return whether attention is wanted
     */
    public boolean isWanted() {
        // Keeps the compiler from moving the load up over the stores of the message, and is no
        // instruction on x86-64. The processor may still do it first: that is the receiver's
        // fence's affair.
        VarHandle.acquireFence();
        // edge ATTENTION, from LaneWatch.demand
        return control.getLong(ATTENTION_OFFSET) != ATTENTION_NONE;
    }

    /**
     * Announces that the lane has something.
     *
     * @throws ChannelCorruptedException if a receiver has found the lane corrupt
     */
    public void ring() {
        long wanted = control.getLong(ATTENTION_OFFSET);
        if (wanted == ATTENTION_CORRUPT) {
            throw new ChannelCorruptedException(
                    "the receiver found lane " + lane + " corrupt: nothing in it is read any more");
        }
        // edge ATTENTION, from LaneWatch.demand: taken back before the sleepers are read, so
        // whoever sets it later is either among them or finds the message.
        control.compareAndSetLong(ATTENTION_OFFSET, wanted, ATTENTION_NONE);
        busy.set(lane);
        if (wakeOne(sleepers, bells)) {
            // No edge: for itself. Not if a receiver has given the lane up meanwhile.
            control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_NONE, ATTENTION_WANTED);
        }
    }

    /**
     * Wakes one sleeping receiver.
     *
     * @param sleepers a bit for each receiver
     * @param bells what each receiver sleeps on
     * @return whether another one sleeps
     */
    static boolean wakeOne(SharedBits sleepers, Bell[] bells) {
        int i = sleepers.next(0);
        while (i < sleepers.size()) {
            // Whoever clears the bit wakes it, so each message wakes another one.
            boolean woken = sleepers.clear(i) && bells[i].ring();
            i = sleepers.next(i + 1);
            if (woken) { // Else it was awake already, or has died: the next one, to be sure.
                return i < sleepers.size() || sleepers.next(0) < sleepers.size();
            }
        }
        return sleepers.next(0) < sleepers.size();
    }
}
