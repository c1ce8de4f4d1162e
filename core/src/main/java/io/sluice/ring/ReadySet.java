package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.NOTIFY_ALWAYS;
import static io.sluice.ring.LaneDescriptor.NOTIFY_MODE_OFFSET;
import static io.sluice.ring.LaneDescriptor.NOTIFY_OFF;
import static io.sluice.ring.LaneDescriptor.NOTIFY_ONCE;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.wait.Waiter;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;

/**
 * The set of lanes that a receiver polls: those marked as ready. A lane that was found empty many
 * times in a row is deactivated, so that a thousand idle lanes cost nothing; its sender reactivates
 * it through the {@link Doorbell}.
 *
 * <p>Deactivating a lane makes no system call. A sender that is not in the mode <em>always</em> may
 * publish a message at that moment and not see the request to announce it. So every {@value
 * #TURNS_PER_SPOT_CHECK} turns a receiver also checks one lane that is not marked, and finds
 * messages that were not announced; a receiver about to wait checks all lanes after its fence.
 * Where the order of lanes matters that is not enough: there a lane is deactivated only in the mode
 * <em>always</em>, which the sender sets after the next message.
 *
 * <p>Called by one receiver's thread.
 */
public final class ReadySet implements Waiter.Hook {
    /** The number of times in a row that a lane is found empty before it is deactivated. */
    private static final int MAX_EMPTY_POLLS = 1024;

    /** The number of turns between two checks of a lane that is not marked. */
    private static final int TURNS_PER_SPOT_CHECK = 64;

    private final LaneTable lanes;
    private final SharedBits ready;
    private final Notifier notifier;
    private final int self;
    private final boolean exact;
    private final boolean shared;
    private final int[] emptyPolls;
    private int turns;
    private int lastSpotChecked;
    private boolean rescanNeeded;
    private boolean selected; // At the last wake-up a sender had cleared its bit.

    /**
     * Creates a ready set over all lanes.
     *
     * @param lanes the lanes
     * @param notifier the bits of the lanes and receivers
     * @param self the number of this receiver
     * @param exact whether no message may be overlooked, not even for some turns
     */
    public ReadySet(LaneTable lanes, Notifier notifier, int self, boolean exact) {
        this(lanes, notifier, self, exact, true);
    }

    /**
     * Creates a ready set over all lanes.
     *
     * @param lanes the lanes
     * @param notifier the bits of the lanes and receivers
     * @param self the number of this receiver
     * @param exact whether no message may be overlooked, not even for some turns
     * @param shared whether the bits of lanes are of use: an empty lane is empty for all receivers.
     *     If not, each lane is polled each time
     */
    public ReadySet(LaneTable lanes, Notifier notifier, int self, boolean exact, boolean shared) {
        this.shared = shared;
        this.lanes = lanes;
        this.ready = notifier.ready;
        this.notifier = notifier;
        this.self = self;
        this.exact = exact;
        this.emptyPolls = new int[lanes.size()];
    }

    /**
     * Returns the next lane to poll.
     *
     * @param from the first candidate
     * @return its number, or {@link LaneTable#size} if there is none from there on
     */
    int nextReady(int from) {
        int i = next(from);
        while (i < ready.size() && !lanes.exists(i)) {
            i = next(i + 1);
        }
        return i;
    }

    private int next(int from) {
        return shared ? ready.nextSetBit(from) : from;
    }

    /** Records that a lane had a message. */
    void recordMessage(int lane) {
        if (emptyPolls[lane] != 0) {
            emptyPolls[lane] = 0;
        }
    }

    /** Records that a lane was empty; after many times in a row deactivates it. */
    void recordEmpty(int lane) {
        if (shared && ++emptyPolls[lane] >= MAX_EMPTY_POLLS) {
            emptyPolls[lane] = 0;
            deactivate(lane);
        }
    }

    private void deactivate(int lane) {
        if (exact && !requestNotify(lane)) {
            return;
        }
        ready.clear(lane);
        boolean stays = true;
        try {
            boolean given = requestNotify(lane);
            stays = exact && !given || hasNext(lane);
        } finally {
            if (stays) {
                ready.set(lane);
            }
        }
    }

    /**
     * Requests that a lane's sender announce its next message. Called after a change of shared
     * bits.
     *
     * @return whether the sender already announces each message, with a fence, and needs no other
     */
    private boolean requestNotify(int lane) {
        try {
            Memory control = lanes.control(lane);
            VarHandle.fullFence(); // The bit's change precedes the read, or an event may be lost.
            // edge NOTIFY_ALWAYS, from Doorbell.enterAlways, Doorbell.leaveAlways, Doorbell.close
            long mode = control.getLong(NOTIFY_MODE_OFFSET);
            if (mode == NOTIFY_OFF) {
                // edge NOTIFY_ONCE, to Doorbell.needsNotify, Doorbell.enterAlways
                control.compareAndSetLong(NOTIFY_MODE_OFFSET, NOTIFY_OFF, NOTIFY_ONCE);
            }
            MappingFault.poll();
            return mode == NOTIFY_ALWAYS;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.poison(lane, e);
        }
    }

    /**
     * Marks as ready all lanes that hold messages, whatever their bits say.
     *
     * @return whether any lane does
     * @throws UncheckedIOException if a lane cannot be used now, which is marked too; thrown after
     *     all others were checked
     */
    public boolean rescan() {
        boolean found = false;
        UncheckedIOException refused = null;
        for (int i = 0; i < lanes.size(); i++) {
            try {
                if (lanes.exists(i) && hasNext(i)) {
                    ready.set(i);
                    found = true;
                }
            } catch (UncheckedIOException e) {
                ready.set(i);
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
                    MappingFault.poll();
                } catch (ChannelCorruptedException | InternalError e) {
                    throw lanes.poison(i, e);
                }
            }
        }
        rescan();
    }

    /** Tests whether a lane holds a message. */
    boolean hasNext(int lane) {
        try {
            boolean hasNext = lanes.receiver(lane).hasNext();
            MappingFault.poll();
            return hasNext;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.poison(lane, e);
        }
    }

    /**
     * Prepares the next round of polling: the first one after {@link #beforeWait} covers every
     * lane.
     */
    void beforePoll() {
        if (rescanNeeded) {
            rescanNeeded = false;
            rescan();
        }
        if (++turns == TURNS_PER_SPOT_CHECK) {
            turns = 0;
            spotCheck();
        }
    }

    /** Checks the next lane in turn, marked or not. */
    private void spotCheck() {
        lastSpotChecked = lastSpotChecked + 1 < lanes.size() ? lastSpotChecked + 1 : 0;
        try {
            if (lanes.exists(lastSpotChecked) && hasNext(lastSpotChecked)) {
                ready.set(lastSpotChecked);
            }
        } catch (UncheckedIOException e) {
            ready.set(lastSpotChecked); // Its turn will report the error.
        }
    }

    @Override
    public boolean beforeWait() {
        selected = false;
        // The futex event must be armed before the bit is seen set: setting a bit that is already
        // set is
        // no fence. Otherwise a sender may clear the bit and find the futex event not yet armed,
        // and no
        // sender would wake this receiver.
        VarHandle.fullFence();
        notifier.waiters.set(self);
        rescanNeeded = true;
        boolean allGive = true;
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.exists(i)) {
                allGive &= requestNotify(i);
            }
        }
        return allGive;
    }

    @Override
    public void afterWait() {
        selected = !notifier.waiters.clear(self);
    }

    /**
     * Passes a wake-up on to another receiver, if there is a message for it. Called by a receiver
     * after it was woken, whether it received something or not.
     */
    public void passWakeup() {
        if (!selected) {
            return;
        }
        selected = false;
        if (rescan()) {
            notifier.wakeOne();
        }
    }
}
