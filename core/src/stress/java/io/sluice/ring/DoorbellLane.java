package io.sluice.ring;

import io.sluice.linux.Membarrier;
import io.sluice.memory.Memory;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.stress.ObjectPool;
import io.sluice.wait.DrainMode;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.Waiter;
import java.lang.invoke.VarHandle;

/**
 * A lane with a doorbell, and a receiver that enqueues itself as a pipe's receiver does; the lane
 * is empty at the start of each round.
 */
final class DoorbellLane {
    private static final int READY_OFFSET = 0;
    private static final int WAITERS_OFFSET = READY_OFFSET + LaneDescriptor.LINE_PAIR;
    private static final int EVENT_OFFSET = WAITERS_OFFSET + LaneDescriptor.LINE_PAIR;

    /** Whether {@code membarrier} is available; otherwise each side executes a fence. */
    private static final boolean FENCED = Membarrier.registerGlobal();

    private static final ObjectPool<DoorbellLane> POOL =
            new ObjectPool<>(index -> new DoorbellLane(index, Doorbell.UNNEEDED_LIMIT));

    private static final ObjectPool<DoorbellLane> LEAVING_ALWAYS =
            new ObjectPool<>(index -> new DoorbellLane(index, 0));

    final Reader reader;
    private final Views views;
    private final Writer writer;
    private final Doorbell doorbell;
    private final FutexEvent futexEvent;
    private final ReadySet readySet;
    private final Waiter waiter;

    private DoorbellLane(int index, int quietMessages) {
        views = Views.zeros(index);
        Views.View from = views.sender();
        writer = new Writer(new SpscRingSender(from.control(), from.ring()));
        doorbell = new Doorbell(from.control(), 0, notifier(from), quietMessages);
        Views.View to = views.receiver();
        SpscRingReceiver receiver =
                new SpscRingReceiver(to.control(), to.ring(), true, DrainMode.NONE);
        reader = new Reader(receiver);
        FutexEvent[] futexEvents = events(to);
        futexEvent = futexEvents[0];
        readySet = new ReadySet(new OneLane(receiver, to.control()), notifier(to), 0, false);
        waiter = Waiter.futex(futexEvent, readySet, DoorbellLane::fence, 0);
    }

    private static Notifier notifier(Views.View view) {
        return new Notifier(view.meta(), READY_OFFSET, 1, WAITERS_OFFSET, events(view));
    }

    private static FutexEvent[] events(Views.View view) {
        return new FutexEvent[] {new FutexEvent(view.meta(), EVENT_OFFSET)};
    }

    private static boolean fence() {
        return Membarrier.fenceAllProcesses();
    }

    /** Returns an empty lane; its receiver is awake, its notify mode is OFF. */
    static DoorbellLane empty() {
        return next(POOL, LaneDescriptor.NOTIFY_OFF);
    }

    /** Returns an empty lane in notify mode ALWAYS, which the next message may end. */
    static DoorbellLane notifyingAlways() {
        return next(POOL, LaneDescriptor.NOTIFY_ALWAYS);
    }

    /** Returns an empty lane in notify mode ALWAYS, which the next message ends. */
    static DoorbellLane leavingAlways() {
        return next(LEAVING_ALWAYS, LaneDescriptor.NOTIFY_ALWAYS);
    }

    private static DoorbellLane next(ObjectPool<DoorbellLane> objectPool, long mode) {
        DoorbellLane lane = objectPool.next();
        lane.waiter.stop();
        lane.reader.start(lane.writer.start());
        lane.views.sender().control().setLong(LaneDescriptor.NOTIFY_MODE_OFFSET, mode);
        lane.waiter.start(Long.MAX_VALUE);
        return lane;
    }

    /** Sends, with a fence only where {@code membarrier} is missing. */
    void send(int digit) {
        writer.send(digit, SpscLane.LENGTH);
        if (!FENCED) {
            VarHandle.fullFence();
        }
    }

    boolean needsNotify() {
        return doorbell.needsNotify();
    }

    /** Rings if necessary, as a pipe's sender does after each message. */
    void announce() {
        if (doorbell.needsNotify()) {
            doorbell.ring();
        }
    }

    /** Enqueues the receiver, as a pipe's receiver does before its last poll and its sleep. */
    void enqueue() {
        try {
            waiter.pause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Requests a notification, with a fence of this thread alone. */
    void requestNotify() {
        readySet.beforeWait();
        VarHandle.fullFence();
    }

    /** Tests whether the receiver would sleep now. */
    boolean wouldBlock() {
        return futexEvent.isArmed();
    }

    private record OneLane(SpscRingReceiver receiver, Memory control) implements LaneTable {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public boolean exists(int index) {
            return true;
        }

        @Override
        public SpscRingReceiver receiver(int index) {
            return receiver;
        }

        @Override
        public Memory control(int index) {
            return control;
        }

        @Override
        public io.sluice.ChannelCorruptedException poison(int index, Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }
}
