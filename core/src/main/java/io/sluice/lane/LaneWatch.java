package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.ATTENTION_GIVEN;
import static io.sluice.lane.LaneDescriptor.ATTENTION_NONE;
import static io.sluice.lane.LaneDescriptor.ATTENTION_OFFSET;
import static io.sluice.lane.LaneDescriptor.ATTENTION_WANTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;
import io.sluice.waiting.Rest;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;

/**
 * The set of lanes that a receiver polls: those marked as busy. A lane that was found empty many
 * times in a row is deactivated, so that a thousand idle lanes cost nothing; its sender reactivates
 * it through the {@link Doorbell}.
 *
 * <p>Deactivating a lane makes no system call. A sender that does not give attention may publish a
 * message at that moment and not see the request to announce it. So every {@value
 * #TURNS_PER_GLANCE} turns a receiver also checks one lane that is not marked, and finds messages
 * that were not announced; a receiver about to wait checks all lanes after its fence. Where the
 * order of lanes matters that is not enough: there a lane is deactivated only while its sender
 * gives attention, as it does after the next message.
 *
 * <p>Called by one receiver's thread.
 */
public final class LaneWatch implements Rest {
    /** The number of times in a row that a lane is found empty before it is deactivated. */
    private static final int VISITS_IN_VAIN = 1024;

    /** The number of turns between two checks of a lane that is not marked. */
    private static final int TURNS_PER_GLANCE = 64;

    private final LaneTable<?> lanes;
    private final SharedBits busy;
    private final SharedBits sleepers;
    private final Bell[] bells;
    private final int self;
    private final boolean exact;
    private final int[] visitsInVain;
    private int turns;
    private int glanced;
    private boolean lookedAway;
    private boolean claimed; // At the last wake-up a sender had cleared its bit.

    /**
     * Creates a watch over all lanes.
     *
     * @param lanes the lanes
     * @param busy a bit for each lane
     * @param sleepers a bit for each receiver, set while it waits
     * @param bells the futex event of each receiver
     * @param self the number of this receiver
     * @param exact whether no message may be overlooked, not even for some turns
     */
    public LaneWatch(
            LaneTable<?> lanes,
            SharedBits busy,
            SharedBits sleepers,
            Bell[] bells,
            int self,
            boolean exact) {
        this.lanes = lanes;
        this.busy = busy;
        this.sleepers = sleepers;
        this.bells = bells.clone();
        this.self = self;
        this.exact = exact;
        this.visitsInVain = new int[lanes.size()];
    }

    /**
     * Returns the next lane to poll.
     *
     * @param from the first candidate
     * @return its number, or {@link LaneTable#size} if there is none from there on
     */
    int next(int from) {
        int i = busy.next(from);
        while (i < busy.size() && !lanes.exists(i)) {
            i = busy.next(i + 1);
        }
        return i;
    }

    /** Records that a lane had a message. */
    void served(int lane) {
        if (visitsInVain[lane] != 0) {
            visitsInVain[lane] = 0;
        }
    }

    /** Records that a lane was empty; after many times in a row deactivates it. */
    void empty(int lane) {
        if (++visitsInVain[lane] >= VISITS_IN_VAIN) {
            visitsInVain[lane] = 0;
            takeOff(lane);
        }
    }

    private void takeOff(int lane) {
        if (exact && !demand(lane)) {
            return;
        }
        busy.clear(lane);
        boolean stays = true;
        try {
            boolean given = demand(lane);
            stays = exact && !given || hasNext(lane);
        } finally {
            if (stays) {
                busy.set(lane);
            }
        }
    }

    /**
     * Requests that a lane's sender announce its next message. Called after a change of shared
     * bits.
     *
     * @return whether the sender already announces each message, with a fence, and needs no other
     */
    private boolean demand(int lane) {
        try {
            Memory control = lanes.control(lane);
            VarHandle.fullFence(); // The bit's change precedes the read, or an event may be lost.
            // edge GIVEN, from Doorbell.giveAttention, Doorbell.endAttention, Doorbell.close
            long attention = control.getLong(ATTENTION_OFFSET);
            if (attention == ATTENTION_NONE) {
                // edge ATTENTION, to Doorbell.isWanted, Doorbell.giveAttention
                control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_NONE, ATTENTION_WANTED);
            }
            LostPage.settle();
            return attention == ATTENTION_GIVEN;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.giveUp(lane, e);
        }
    }

    /**
     * Marks as busy all lanes that hold messages, whatever their bits say.
     *
     * @return whether any lane does
     * @throws UncheckedIOException if a lane cannot be used now, which is marked too; thrown after
     *     all others were checked
     */
    public boolean lookEverywhere() {
        boolean found = false;
        UncheckedIOException refused = null;
        for (int i = 0; i < lanes.size(); i++) {
            try {
                if (lanes.exists(i) && hasNext(i)) {
                    busy.set(i);
                    found = true;
                }
            } catch (UncheckedIOException e) {
                busy.set(i);
                refused = e;
            }
        }
        if (refused != null) {
            throw refused;
        }
        return found;
    }

    /** Verifies every lane, busy or not, and marks those that hold messages. */
    void verify() {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.exists(i)) {
                try {
                    lanes.receiver(i).verify();
                    LostPage.settle();
                } catch (ChannelCorruptedException | InternalError e) {
                    throw lanes.giveUp(i, e);
                }
            }
        }
        lookEverywhere();
    }

    private boolean hasNext(int lane) {
        try {
            boolean hasNext = lanes.receiver(lane).hasNext();
            LostPage.settle();
            return hasNext;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.giveUp(lane, e);
        }
    }

    /**
     * Prepares the next round of polling: the first one after {@link #lieDown} covers every lane.
     */
    void beforeLook() {
        if (lookedAway) {
            lookedAway = false;
            lookEverywhere();
        }
        if (++turns == TURNS_PER_GLANCE) {
            turns = 0;
            glance();
        }
    }

    /** Checks the next lane in turn, marked or not. */
    private void glance() {
        glanced = glanced + 1 < lanes.size() ? glanced + 1 : 0;
        try {
            if (lanes.exists(glanced) && hasNext(glanced)) {
                busy.set(glanced);
            }
        } catch (UncheckedIOException e) {
            busy.set(glanced); // Its turn will report the error.
        }
    }

    @Override
    public boolean lieDown() {
        claimed = false;
        // The bell must be armed before the bit is seen set: setting a bit that is already set is
        // no fence. Otherwise a sender may clear the bit and find the bell not yet armed, and no
        // sender would wake this receiver.
        VarHandle.fullFence();
        sleepers.set(self);
        lookedAway = true;
        boolean allGive = true;
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.exists(i)) {
                allGive &= demand(i);
            }
        }
        return allGive;
    }

    @Override
    public void getUp() {
        claimed = !sleepers.clear(self);
    }

    /**
     * Passes a wake-up on to another receiver, if there is a message for it. Called by a receiver
     * after it was woken, whether it received something or not.
     */
    public void passOn() {
        if (!claimed) {
            return;
        }
        claimed = false;
        if (lookEverywhere()) {
            Doorbell.wakeOne(sleepers, bells);
        }
    }

    /**
     * Wakes all waiting receivers, for events that concern each of them.
     *
     * @param sleepers a bit for each receiver, set while it waits
     * @param bells the futex event of each receiver
     */
    public static void wakeAll(SharedBits sleepers, Bell[] bells) {
        VarHandle.fullFence(); // Rare, so it need not rely on the receiver's fence.
        for (int i = sleepers.next(0); i < sleepers.size(); i = sleepers.next(i + 1)) {
            if (sleepers.clear(i)) {
                bells[i].ring();
            }
        }
    }
}
