package io.sluice.agrona;

import static org.agrona.concurrent.ControlledMessageHandler.Action.ABORT;
import static org.agrona.concurrent.ControlledMessageHandler.Action.BREAK;

import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import java.lang.foreign.MemorySegment;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The receiving side of a {@link PipeRingBuffer}: messages with a type, and the one that a handler
 * has aborted.
 *
 * <p>A pipe hands a message out once. So an aborted one is copied, and is the next to be read; with
 * {@link #controlledRead} messages are therefore taken one by one.
 *
 * <p>One thread at a time.
 */
final class RingReader {
    private final PipeReceiver receiver;
    private final RingCounters counters;
    private final int lap;
    private final BufferView view = new BufferView();
    private final MessageHandler plain = this::onMessage;
    private final MessageHandler controlled = this::onControlled;
    private final ExpandableArrayBuffer aborted = new ExpandableArrayBuffer();
    private int abortedType;
    private int abortedLength;
    private org.agrona.concurrent.MessageHandler handler;
    private ControlledMessageHandler controlledHandler;
    private Action action;

    /**
     * A reader of typed messages.
     *
     * @param lap how many messages at the most it reads at once: as many as the ring can hold
     */
    RingReader(PipeReceiver receiver, RingCounters counters, int lap) {
        this.receiver = receiver;
        this.counters = counters;
        this.lap = lap;
    }

    int read(org.agrona.concurrent.MessageHandler next, int limit) {
        int most = Math.min(limit, lap);
        if (most <= 0) {
            return 0;
        }
        if (handler != next) { // Written only when it changes: its line may be others' too.
            handler = next;
        }
        if (!isHolding()) {
            return receiver.poll(plain, most);
        }
        int type = release();
        deliver(type, aborted, 0, abortedLength);
        return most == 1 ? 1 : 1 + receiver.poll(plain, most - 1);
    }

    private void onMessage(MemorySegment memory, long offset, int length) {
        UnsafeBuffer buffer = view.of(memory);
        int index = (int) offset;
        int type = RingRecord.type(buffer, index, length);
        deliver(type, buffer, index + RingRecord.HEADER_LENGTH, length - RingRecord.HEADER_LENGTH);
    }

    private void deliver(int type, MutableDirectBuffer buffer, int index, int length) {
        try {
            handler.onMessage(type, buffer, index, length);
        } finally {
            counters.consumed(length);
        }
    }

    int controlledRead(ControlledMessageHandler next, int limit) {
        int most = Math.min(limit, lap);
        if (controlledHandler != next) {
            controlledHandler = next;
        }
        int count = 0;
        while (count < most && nextControlled()) {
            if (action == ABORT) {
                break;
            }
            count++;
            if (action == BREAK) {
                break;
            }
        }
        return count;
    }

    /** Whether there was a message; {@link #action} is then what its handler said. */
    private boolean nextControlled() {
        if (!isHolding()) {
            return receiver.poll(controlled, 1) > 0;
        }
        int type = release();
        if (control(type, aborted, 0, abortedLength) == ABORT) {
            abortedType = type;
        }
        return true;
    }

    private void onControlled(MemorySegment memory, long offset, int length) {
        UnsafeBuffer buffer = view.of(memory);
        int index = (int) offset;
        int type = RingRecord.type(buffer, index, length);
        int messageIndex = index + RingRecord.HEADER_LENGTH;
        int messageLength = length - RingRecord.HEADER_LENGTH;
        if (control(type, buffer, messageIndex, messageLength) == ABORT) {
            hold(type, buffer, messageIndex, messageLength);
        }
    }

    private Action control(int type, MutableDirectBuffer buffer, int index, int length) {
        action = null;
        try {
            action = controlledHandler.onMessage(type, buffer, index, length);
        } finally {
            if (action != ABORT) {
                counters.consumed(length);
            }
        }
        return action;
    }

    private void hold(int type, DirectBuffer buffer, int index, int length) {
        aborted.putBytes(0, buffer, index, length);
        abortedLength = length;
        abortedType = type;
    }

    private boolean isHolding() {
        return abortedType != RingRecord.NO_TYPE;
    }

    private int release() {
        int type = abortedType;
        abortedType = RingRecord.NO_TYPE;
        return type;
    }
}
