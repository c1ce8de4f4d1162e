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
 * Which lanes a receiver looks at: those that are marked as busy. A lane that was found empty many
 * times in a row is taken off, so that a thousand idle lanes cost nothing; its sender puts it back
 * by the {@link Doorbell}.
 *
 * <p>Taking a lane off makes no system call. A sender that does not give its attention may publish
 * a message just then and not see that it is to announce it. So every {@value #TURNS_PER_GLANCE}
 * turns a receiver also glances at one lane that is not marked, and finds what was not announced; a
 * receiver that sleeps looks at all lanes after its fence. Where the order of lanes matters that is
 * not enough: there a lane is taken off only while its sender gives its attention, as it does after
 * the next message.
 *
 * <p>One receiver's thread.
 */
public final class LaneWatch implements Rest {
    /** How often a lane may be found empty before it is no longer looked at. */
    private static final int VISITS_IN_VAIN = 1024;

    /** How many turns there are to one glance at a lane that is not marked. */
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
    private boolean claimed; // When it got up last, a sender had chosen it.

    /**
     * A watch over all lanes.
     *
     * @param lanes the lanes
     * @param busy a bit for each
     * @param sleepers a bit for each receiver
     * @param bells what each receiver sleeps on
     * @param self which receiver this is
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
     * The next lane to look at.
     *
     * @param from the first that is meant
     * @return its number, or {@link LaneTable#size} if there is none from there on
     */
    int next(int from) {
        int i = busy.next(from);
        while (i < busy.size() && !lanes.exists(i)) {
            i = busy.next(i + 1);
        }
        return i;
    }

    /** Notes that a lane had something. */
    void served(int lane) {
        if (visitsInVain[lane] != 0) {
            visitsInVain[lane] = 0;
        }
    }

    /** Notes that a lane was empty; after many times it is taken off. */
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
     * Asks a lane's sender to announce its next message. After a change of shared bits.
     *
     * @return whether it announces each one already, with a fence: it needs no other
     */
    private boolean demand(int lane) {
        try {
            Memory control = lanes.control(lane);
            VarHandle.fullFence(); // Not read before the bit was changed: a ring may be missed.
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
     * Marks all lanes as busy that have something, whatever their bits say.
     *
     * @return whether any has
     * @throws UncheckedIOException if one cannot be looked at now, which is marked, too; after a
     *     look at all others
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

    /** Verifies every lane, busy or not, and marks those that have something. */
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

    /** Before the next look: after lying down it must be at every lane. */
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

    /** Looks at the next lane in turn, marked or not. */
    private void glance() {
        glanced = glanced + 1 < lanes.size() ? glanced + 1 : 0;
        try {
            if (lanes.exists(glanced) && hasNext(glanced)) {
                busy.set(glanced);
            }
        } catch (UncheckedIOException e) {
            busy.set(glanced); // Its turn will tell.
        }
    }

    @Override
    public boolean lieDown() {
        claimed = false;
        // The bell is armed before the bit is seen set: setting it is no fence if it was. Without
        // this a sender may clear the bit, find the bell not yet armed, and wake nobody ever after.
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
     * Gives a wake-up to another receiver, if there is something for it: to be called by a receiver
     * after it has got up, whether it received something or not.
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
     * Wakes all receivers that sleep: for news that concern each.
     *
     * @param sleepers a bit for each receiver
     * @param bells what each sleeps on
     */
    public static void wakeAll(SharedBits sleepers, Bell[] bells) {
        VarHandle.fullFence(); // Rare, so it need not rely on the sleeper's fence.
        for (int i = sleepers.next(0); i < sleepers.size(); i = sleepers.next(i + 1)) {
            if (sleepers.clear(i)) {
                bells[i].ring();
            }
        }
    }
}
