package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.memory.Memory;
import io.sluice.ring.BackingMemory.LaneMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntBiFunction;
import org.junit.jupiter.api.Test;

/**
 * A hostile peer writes the word of a record that is longer than any of the ring. No form of
 * receiving hands it out: the caller's limit and the ring's are checked apart, and not every form
 * has the first.
 */
class ForgedLengthTest {
    private static final int CAPACITY = 4096;
    private static final int LONGEST = LaneDescriptor.maxPayloadLength(CAPACITY);

    /** Each form of receiving. */
    private static final List<ToIntBiFunction<LaneReceiver, MessageHandler>> FORMS =
            List.of(
                    (receiver, handler) -> receiver.poll(handler, 10),
                    (receiver, handler) -> receiver.poll(handler, 10, LONGEST),
                    (receiver, handler) -> receiver.poll(handler, 10, 8),
                    (receiver, handler) ->
                            receiver.controlledPoll(
                                    new ControlledBatch()
                                            .start(
                                                    (memory, offset, length) -> {
                                                        handler.onMessage(memory, offset, length);
                                                        return Action.CONTINUE;
                                                    }),
                                    10),
                    (receiver, handler) ->
                            receiver.pollRun(
                                    new MessageRun()
                                            .start(
                                                    batch -> {
                                                        while (batch.next()) {
                                                            handler.onMessage(
                                                                    batch.memory(),
                                                                    batch.offset(),
                                                                    batch.length());
                                                        }
                                                    }),
                                    10));

    /** A receiver, and the lane that the peer writes to. */
    private record Attacked(LaneReceiver receiver, Memory ring) {
        void forge(int length) {
            long position = receiver.position();
            ring.setLong(position, RecordDescriptor.word(position, length));
        }
    }

    private static List<Attacked> receivers() {
        List<Attacked> receivers = new ArrayList<>();
        LaneMemory lane = BackingMemory.HEAP.allocateLane(CAPACITY);
        receivers.add(new Attacked(lane.receiver(), lane.ring()));
        for (boolean lossy : new boolean[] {false, true}) {
            for (boolean demoting : new boolean[] {false, true}) {
                BroadcastHistory history = new BroadcastHistory(new Random(2), demoting);
                receivers.add(
                        new Attacked(
                                history.join(lossy, PipePosition.NEWEST).receiver,
                                history.lane.ring()));
            }
        }
        return receivers;
    }

    @Test
    void aRecordThatIsLongerThanTheRingIsCorruptInEachForm() {
        for (int length :
                new int[] {LONGEST + 1, CAPACITY, 1 << 20, (int) RecordDescriptor.LENGTH_MASK}) {
            for (ToIntBiFunction<LaneReceiver, MessageHandler> form : FORMS) {
                for (Attacked attacked : receivers()) {
                    attacked.forge(length);
                    assertThrows(
                            ChannelCorruptedException.class,
                            () ->
                                    form.applyAsInt(
                                            attacked.receiver,
                                            (memory, offset, n) -> {
                                                throw new AssertionError(n + " bytes");
                                            }),
                            () -> attacked + ", " + length + " bytes");
                }
            }
        }
    }

    /** The longest one that a sender may write lies in the memory that is mapped. */
    @Test
    void theLongestRecordIsHandedOutWithinTheMemory() {
        for (ToIntBiFunction<LaneReceiver, MessageHandler> form : FORMS) {
            for (Attacked attacked : receivers()) {
                attacked.forge(LONGEST);
                int[] handled = new int[1];
                MessageHandler handler =
                        (memory, offset, length) -> {
                            assertTrue(offset + length <= memory.byteSize());
                            handled[0] = length;
                        };
                try {
                    assertEquals(1, form.applyAsInt(attacked.receiver, handler));
                    assertEquals(LONGEST, handled[0]);
                } catch (LaneReceiver.MessageTooLongException e) {
                    assertEquals(LONGEST, e.length()); // With the caller's limit of 8.
                    assertEquals(0, handled[0]);
                }
            }
        }
    }
}
