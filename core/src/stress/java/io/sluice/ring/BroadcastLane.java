package io.sluice.ring;

import io.sluice.PipePosition;
import io.sluice.memory.RingMemory;
import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;
import io.sluice.wait.DrainMode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A lane of a broadcast, without a gated receiver at the start of each round. All words of a
 * message hold its number; 32 records fill the ring.
 */
final class BroadcastLane {
    /** The result of a check that failed. */
    static final int WRONG = 9;

    private static final int CAPACITY = 4096;
    private static final int LENGTH = 120;
    private static final int CONTROL_LENGTH = 4096;
    private static final int STRIDE =
            CONTROL_LENGTH + 128 + 2 * CAPACITY + LaneDescriptor.LINE_PAIR;
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final TwiceMappedFile FILE =
            new TwiceMappedFile((long) ObjectPool.SIZE * STRIDE);
    private static final ObjectPool<BroadcastLane> POOL = new ObjectPool<>(BroadcastLane::new);

    private final RingMemory receivers;
    private final LaneSender sender;
    private final BroadcastRingReceiver lossy;
    private final byte[] bytes = new byte[LENGTH];
    private long number;

    private BroadcastLane(int index) {
        this.receivers = view(false, index);
        this.sender =
                new SpscRingSender(
                        view(true, index).control(),
                        view(true, index).ring(),
                        broadcast(false, PipePosition.NEWEST).limit(view(true, index)));
        this.lossy = receiver(true, PipePosition.NEWEST, 1);
    }

    private static RingMemory view(boolean first, int index) {
        long offset = (long) index * STRIDE;
        return new RingMemory(
                FILE.words(first, offset, CONTROL_LENGTH),
                FILE.words(
                        first, offset + CONTROL_LENGTH, BroadcastDescriptor.tableLength(CAPACITY)),
                FILE.ring(first, offset + CONTROL_LENGTH + 128, CAPACITY),
                () -> {});
    }

    private static Broadcast broadcast(boolean lossy, PipePosition start) {
        return new Broadcast(2, false, lossy, start);
    }

    private BroadcastRingReceiver receiver(boolean lossy, PipePosition start, int index) {
        return broadcast(lossy, start).receiver(receivers, index, new DrainBackoff(DrainMode.NONE));
    }

    /** Returns a lane in which the lossy receiver is almost a lap behind. */
    static BroadcastLane next() {
        BroadcastLane lane = POOL.next();
        BroadcastRingReceiver.openGate(lane.receivers.control(), BroadcastDescriptor.gateOffset(0));
        while (lane.poll(lane.lossy, 64) > 0) {
            continue;
        }
        lane.send(27);
        return lane;
    }

    /** Sends messages as long as there is room. */
    void send(int messages) {
        for (int i = 0; i < messages; i++) {
            for (int at = 0; at < LENGTH; at += Long.BYTES) {
                WORD.set(bytes, at, number);
            }
            if (!sender.tryWrite(bytes, 0, LENGTH)) {
                return;
            }
            number++;
        }
    }

    /** Joins as a gated receiver at the oldest message, and receives some; 1, or {@link #WRONG}. */
    int joinAndPoll() {
        BroadcastRingReceiver gated = receiver(false, PipePosition.OLDEST, 0);
        int result = poll(gated, 4);
        if (gated.lostMessages() > 0) {
            result = WRONG;
        }
        gated.leave();
        return Math.max(result, 1);
    }

    /** Receives as the lossy receiver; 1, or {@link #WRONG}. */
    int pollLossy() {
        return Math.max(poll(lossy, 4), 1);
    }

    /** Receives; each message must be whole, and the one that the receiver's count names. */
    private int poll(BroadcastRingReceiver receiver, int limit) {
        int[] result = new int[1];
        for (int i = 0; i < limit; i++) {
            long[] found = {-1};
            int count = receiver.poll((memory, at, length) -> found[0] = read(memory, at), 1);
            if (count == 0) {
                break;
            }
            boolean right = found[0] == receiver.place().messages() - 1;
            result[0] = right && result[0] != WRONG ? 1 : WRONG;
        }
        return result[0];
    }

    private static long read(MemorySegment memory, long at) {
        long first = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        for (int i = Long.BYTES; i < LENGTH; i += Long.BYTES) {
            if (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + i) != first) {
                return -2;
            }
        }
        return first;
    }
}
