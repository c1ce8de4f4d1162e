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
 * The receiving side of a {@link PipeRingBuffer}: messages with a type, and the aborted message.
 *
 * <p>A pipe delivers a message only once. So an aborted message is copied and is the next one to be
 * read, and {@link #controlledRead} receives messages one at a time.
 *
 * <p>If a handler reads, that call throws {@link IllegalStateException}: the pipe's end throws it,
 * or this object while the handler processes the aborted message.
 *
 * <p>One thread at a time.
 */
final class RingReader {
    /** Replaces the type of the aborted message while a handler processes it. */
    private static final int IN_USE = -1;

    private final PipeReceiver receiver;
    private final RingCounters counters;
    private final int messagesPerLap;
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
     * Creates a reader of typed messages.
     *
     * @param lap the maximum number of messages per call: as many as the ring can hold
     */
    RingReader(PipeReceiver receiver, RingCounters counters, int lap) {
        this.receiver = receiver;
        this.counters = counters;
        this.messagesPerLap = lap;
    }

    int read(org.agrona.concurrent.MessageHandler next, int limit) {
        int most = Math.min(limit, messagesPerLap);
        if (most <= 0) {
            return 0;
        }
        int type = checkedAbortedType();
        org.agrona.concurrent.MessageHandler before = handler;
        if (before != next) { // Writes only on change: other threads may use its line.
            handler = next;
        }
        try {
            if (type == RingRecord.NO_TYPE) {
                return receiver.poll(plain, most);
            }
            deliverAborted(type);
            return most == 1 ? 1 : 1 + receiver.poll(plain, most - 1);
        } catch (IllegalStateException e) { // If a handler called this, its batch continues.
            handler = before;
            throw e;
        }
    }

    private void deliverAborted(int type) {
        abortedType = IN_USE;
        try {
            deliver(type, aborted, 0, abortedLength);
        } finally {
            abortedType = RingRecord.NO_TYPE;
        }
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
        int most = Math.min(limit, messagesPerLap);
        checkedAbortedType();
        ControlledMessageHandler before = controlledHandler;
        if (before != next) {
            controlledHandler = next;
        }
        try {
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
        } catch (IllegalStateException e) { // As in read.
            controlledHandler = before;
            throw e;
        }
    }

    /** Reads one message; returns whether there was one, with the result in {@link #action}. */
    private boolean nextControlled() {
        int type = checkedAbortedType();
        if (type == RingRecord.NO_TYPE) {
            return receiver.poll(controlled, 1) > 0;
        }
        int after = RingRecord.NO_TYPE;
        abortedType = IN_USE;
        try {
            if (control(type, aborted, 0, abortedLength) == ABORT) {
                after = type;
            }
        } finally {
            abortedType = after;
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
            saveAborted(type, buffer, messageIndex, messageLength);
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

    private void saveAborted(int type, DirectBuffer buffer, int index, int length) {
        aborted.putBytes(0, buffer, index, length);
        abortedLength = length;
        abortedType = type;
    }

    /**
     * Returns the type of the aborted message, or {@link RingRecord#NO_TYPE}.
     *
     * @throws IllegalStateException if a handler is processing it
     */
    private int checkedAbortedType() {
        if (abortedType == IN_USE) {
            throw new IllegalStateException(
                    "the handler of a ring cannot read from it, nor close it: return from it first");
        }
        return abortedType;
    }

    /** Closes the pipe's end; throws if a handler of this reader calls it. */
    void close() {
        checkedAbortedType();
        receiver.close();
    }
}
