package io.sluice.lane;

import io.sluice.memory.Memory;
import io.sluice.os.Membarrier;
import io.sluice.stress.Pool;
import io.sluice.waiting.Bell;
import io.sluice.waiting.BellWaiter;
import java.lang.invoke.VarHandle;

/**
 * A lane with a doorbell, and a receiver that enqueues itself as a pipe's receiver does; the lane
 * is empty at the start of each round.
 */
final class WatchedLane {
    private static final int BUSY_OFFSET = 0;
    private static final int SLEEPERS_OFFSET = BUSY_OFFSET + LaneDescriptor.LINE_PAIR;
    private static final int BELL_OFFSET = SLEEPERS_OFFSET + LaneDescriptor.LINE_PAIR;

    /** Whether {@code membarrier} is available; otherwise each side executes a fence. */
    private static final boolean FENCED = Membarrier.registerGlobal();

    private static final Pool<WatchedLane> POOL =
            new Pool<>(index -> new WatchedLane(index, Doorbell.QUIET_MESSAGES));

    private static final Pool<WatchedLane> ENDING = new Pool<>(index -> new WatchedLane(index, 0));

    final Reader reader;
    private final Views views;
    private final Writer writer;
    private final Doorbell doorbell;
    private final Bell bell;
    private final LaneWatch watch;
    private final BellWaiter waiter;

    private WatchedLane(int index, int quietMessages) {
        views = Views.zeros(index);
        Views.View from = views.sender();
        writer = new Writer(new ExclusiveLaneSender(from.control(), from.ring()));
        doorbell =
                new Doorbell(
                        from.control(), 0, busy(from), sleepers(from), bells(from), quietMessages);
        Views.View to = views.receiver();
        ExclusiveLaneReceiver receiver =
                new ExclusiveLaneReceiver(to.control(), to.ring(), true, DrainMode.NONE);
        reader = new Reader(receiver);
        Bell[] bells = bells(to);
        bell = bells[0];
        watch =
                new LaneWatch(
                        new OneLane(receiver, to.control()),
                        busy(to),
                        sleepers(to),
                        bells,
                        0,
                        false);
        waiter = new BellWaiter(bell, watch, WatchedLane::fence, 0);
    }

    private static SharedBits busy(Views.View view) {
        return new SharedBits(view.meta(), BUSY_OFFSET, 1);
    }

    private static SharedBits sleepers(Views.View view) {
        return new SharedBits(view.meta(), SLEEPERS_OFFSET, 1);
    }

    private static Bell[] bells(Views.View view) {
        return new Bell[] {new Bell(view.meta(), BELL_OFFSET)};
    }

    private static boolean fence() {
        return Membarrier.fenceAllProcesses();
    }

    /** Returns an empty lane; its receiver is awake, its attention word is NONE. */
    static WatchedLane empty() {
        return next(POOL, LaneDescriptor.ATTENTION_NONE);
    }

    /** Returns an empty lane with attention GIVEN, which the next message may end. */
    static WatchedLane given() {
        return next(POOL, LaneDescriptor.ATTENTION_GIVEN);
    }

    /** Returns an empty lane with attention GIVEN, which the next message ends. */
    static WatchedLane ending() {
        return next(ENDING, LaneDescriptor.ATTENTION_GIVEN);
    }

    private static WatchedLane next(Pool<WatchedLane> pool, long attention) {
        WatchedLane lane = pool.next();
        lane.waiter.stop();
        lane.reader.start(lane.writer.start());
        lane.views.sender().control().setLong(LaneDescriptor.ATTENTION_OFFSET, attention);
        lane.waiter.start(Long.MAX_VALUE);
        return lane;
    }

    /** Sends, with a fence only where {@code membarrier} is missing. */
    void send(int digit) {
        writer.send(digit, ExclusiveLane.LENGTH);
        if (!FENCED) {
            VarHandle.fullFence();
        }
    }

    boolean isWanted() {
        return doorbell.isWanted();
    }

    /** Rings if necessary, as a pipe's sender does after each message. */
    void announce() {
        if (doorbell.isWanted()) {
            doorbell.ring();
        }
    }

    /** Enqueues the receiver, as a pipe's receiver does before its last poll and its sleep. */
    void lieDown() {
        try {
            waiter.pause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Requests attention, with a fence of this thread alone. */
    void demandAttention() {
        watch.lieDown();
        VarHandle.fullFence();
    }

    /** Tests whether the receiver would sleep now. */
    boolean wouldSleep() {
        return bell.isArmed();
    }

    private record OneLane(ExclusiveLaneReceiver receiver, Memory control)
            implements LaneTable<ExclusiveLaneReceiver> {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public boolean exists(int index) {
            return true;
        }

        @Override
        public ExclusiveLaneReceiver receiver(int index) {
            return receiver;
        }

        @Override
        public Memory control(int index) {
            return control;
        }

        @Override
        public io.sluice.ChannelCorruptedException giveUp(int index, Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }
}
