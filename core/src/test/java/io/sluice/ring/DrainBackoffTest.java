package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.BatchHandler;
import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.wait.DrainMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiver that has drained a batch checks for messages before it pauses, and pauses only if that
 * check found none: with one lane, and with several; alone, competing with others, and of a
 * broadcast.
 */
class DrainBackoffTest {
    private static final String POLL = "look";
    private static final String PAUSE = "away";
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};
    private static final BatchHandler IGNORE_ALL = batch -> {};

    /** The receivers that back off. */
    enum DrainedRing {
        ONE_LANE,
        SEVERAL_LANES,
        COMPETING,
        GATED,
        LOSSY
    }

    private final List<String> steps = new ArrayList<>();
    private final BackingMemory.LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(4096);
    private final Memory boundaries = new HeapMemory(BroadcastDescriptor.tableLength(4096));
    private LaneSender sender;
    private boolean inRuns;
    private Runnable duringPause = () -> {};

    private final class RecordingBackoff extends DrainBackoff {
        RecordingBackoff(DrainMode mode) {
            super(mode);
        }

        @Override
        void pause() {
            steps.add(PAUSE);
            super.pause();
            duringPause.run();
        }
    }

    /** Returns memory that records each look at it. */
    private Memory recording(Memory memory) {
        return new CrashableMemory(
                memory, new CrashableMemory.FaultInjector(), () -> steps.add(POLL), () -> {});
    }

    /** Creates an unused lane and its sender, and returns a receiver. */
    private LaneReceiver open(DrainedRing ring, DrainMode mode) {
        DrainBackoff drainBackoff = new RecordingBackoff(mode);
        return switch (ring) {
            case ONE_LANE -> {
                sender = laneMemory.sender();
                yield new SpscRingReceiver(
                        laneMemory.control(),
                        recording(laneMemory.ring()),
                        true,
                        true,
                        drainBackoff);
            }
            case SEVERAL_LANES -> {
                sender = laneMemory.sender();
                Memory meta = new HeapMemory(4096);
                SharedBits busy = new SharedBits(meta, 0, 1);
                LaneTable table = table(laneMemory.control(), recording(laneMemory.ring()));
                busy.set(0);
                yield new RoundRobinReceiver(
                        table,
                        new ReadySet(table, new Notifier(meta, 0, 1, 128), 0, false),
                        drainBackoff);
            }
            case COMPETING -> {
                sender = laneMemory.spmcSender();
                yield competing(1, drainBackoff);
            }
            case GATED -> broadcast(false, drainBackoff);
            case LOSSY -> broadcast(true, drainBackoff);
        };
    }

    private LaneReceiver competing(int owner, DrainBackoff drainBackoff) {
        return new SpmcRingReceiver(
                laneMemory.control(),
                recording(laneMemory.slotStates()),
                laneMemory.ring(),
                owner,
                null,
                laneMemory.control(),
                drainBackoff);
    }

    private LaneReceiver broadcast(boolean lossy, DrainBackoff drainBackoff) {
        Broadcast broadcast = new Broadcast(1, false, lossy, PipePosition.NEWEST);
        RingMemory lane =
                new RingMemory(
                        laneMemory.control(), boundaries, recording(laneMemory.ring()), () -> {});
        sender = new SpscRingSender(lane.control(), laneMemory.ring(), broadcast.limit(lane));
        return broadcast.receiver(lane, 0, drainBackoff);
    }

    private static LaneTable table(Memory control, Memory ring) {
        LaneReceiver only = new SpscRingReceiver(control, ring, true, DrainMode.NONE);
        return new LaneTable() {
            @Override
            public int size() {
                return 1;
            }

            @Override
            public boolean exists(int index) {
                return true;
            }

            @Override
            public LaneReceiver receiver(int index) {
                return only;
            }

            @Override
            public Memory control(int index) {
                return control;
            }

            @Override
            public ChannelCorruptedException poison(int index, Throwable cause) {
                throw new AssertionError("lane " + index, cause);
            }
        };
    }

    private void send(int messages) {
        for (int i = 0; i < messages; i++) {
            assertTrue(sender.tryWrite(new byte[1], 0, 1));
        }
    }

    /** Receives all there is, in a call for each message or for each lane. */
    private int poll(LaneReceiver receiver) {
        return inRuns
                ? receiver.pollRun(new MessageRun().start(IGNORE_ALL), 100)
                : receiver.poll(IGNORE, 100);
    }

    /** Drains that many messages; the steps of the next poll are recorded. */
    private LaneReceiver drained(int messages, DrainedRing ring, DrainMode mode) {
        LaneReceiver receiver = open(ring, mode);
        send(messages);
        assertEquals(messages, poll(receiver));
        steps.clear();
        return receiver;
    }

    private int pauseCount() {
        return Collections.frequency(steps, PAUSE);
    }

    static List<Arguments> calls() {
        List<Arguments> calls = new ArrayList<>();
        for (DrainedRing ring : DrainedRing.values()) {
            calls.add(Arguments.of(ring, false));
            calls.add(Arguments.of(ring, true));
        }
        return calls;
    }

    @ParameterizedTest
    @MethodSource("calls")
    void whatHasComeSinceTheLastBatchIsReceivedAtOnce(DrainedRing ring, boolean inRuns) {
        this.inRuns = inRuns;
        LaneReceiver receiver = drained(3, ring, DrainMode.ADAPTIVE);
        send(2);
        assertEquals(2, poll(receiver));
        assertEquals(0, pauseCount());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theFirstPollAfterABatchPrecedesThePauseAndAnotherFollows(
            DrainedRing ring, boolean inRuns) {
        this.inRuns = inRuns;
        LaneReceiver receiver = drained(3, ring, DrainMode.ADAPTIVE);
        duringPause = () -> send(1);
        assertEquals(1, poll(receiver));
        assertEquals(List.of(POLL, PAUSE, POLL), steps.subList(0, 3));
        assertEquals(1, pauseCount());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aPauseWithoutMessagesIsNotRepeated(DrainedRing ring, boolean inRuns) {
        this.inRuns = inRuns;
        LaneReceiver receiver = drained(3, ring, DrainMode.ADAPTIVE);
        assertEquals(0, poll(receiver));
        assertEquals(0, poll(receiver));
        assertEquals(1, pauseCount());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theDrainModeDecidesAfterWhichBatchesToPause(DrainedRing ring, boolean inRuns) {
        this.inRuns = inRuns;
        int[][] timesAway = {{0, 0}, {0, 1}, {1, 1}};
        for (DrainMode mode : DrainMode.values()) {
            LaneReceiver receiver = drained(0, ring, mode);
            for (int messages = 1; messages <= 2; messages++) {
                send(messages);
                assertEquals(messages, poll(receiver));
                steps.clear();
                assertEquals(0, poll(receiver));
                assertEquals(
                        timesAway[mode.ordinal()][messages - 1],
                        pauseCount(),
                        mode + " after " + messages);
            }
        }
    }

    /** A round trip: the reply is to be found by the next look. */
    @ParameterizedTest
    @MethodSource("calls")
    void afterAStreamMessagesThatComeAloneCauseNoPause(DrainedRing ring, boolean inRuns) {
        this.inRuns = inRuns;
        LaneReceiver receiver = drained(3, ring, DrainMode.ADAPTIVE);
        assertEquals(0, poll(receiver));
        assertEquals(1, pauseCount());
        for (int i = 0; i < 100; i++) {
            send(1);
            assertEquals(1, poll(receiver));
            assertEquals(0, poll(receiver));
        }
        assertEquals(1, pauseCount());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileOneReceiverPausesAnotherTakesTheMessage(boolean inRuns) {
        this.inRuns = inRuns;
        LaneReceiver receiver = drained(3, DrainedRing.COMPETING, DrainMode.ADAPTIVE);
        LaneReceiver other = competing(2, new DrainBackoff(DrainMode.ADAPTIVE));
        duringPause =
                () -> {
                    send(1);
                    assertEquals(1, poll(other));
                };
        assertEquals(0, poll(receiver));
        assertEquals(1, pauseCount());
    }
}
