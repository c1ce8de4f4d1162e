package io.sluice.ring;

import io.sluice.MessageHandler;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.wait.DrainMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lanes under test, on each kind of memory. */
public enum BackingMemory {
    HEAP {
        @Override
        LaneMemory allocateLane(int capacity) {
            return new LaneMemory(
                    new HeapMemory(4096),
                    new HeapMemory(slotStatesLength(capacity)),
                    HeapMemory.mirrored(capacity));
        }
    },
    MAPPED {
        @Override
        LaneMemory allocateLane(int capacity) {
            try {
                Path directory = Files.createTempDirectory("lane");
                Path path = directory.resolve("lane");
                try (Descriptor file = Descriptor.create(path)) {
                    int claims = slotStatesLength(capacity);
                    file.allocate(0, 4096 + capacity + Math.max(4096, claims));
                    return new LaneMemory(
                            Memory.words(Mapping.map(file, 0, 4096).segment()),
                            Memory.words(
                                    Mapping.map(file, 4096 + capacity, Math.max(4096, claims))
                                            .segment()
                                            .asSlice(0, claims)),
                            Memory.mirrored(Mapping.mapMirrored(file, 4096, capacity).segment()));
                } finally {
                    Files.deleteIfExists(path);
                    Files.delete(directory);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    abstract LaneMemory allocateLane(int capacity);

    private static int slotStatesLength(int capacity) {
        return SlotStateDescriptor.count(capacity) * SlotStateDescriptor.STRIDE;
    }

    /**
     * A lane's memory, with message slots for many receivers, and the operations of a test on it.
     */
    record LaneMemory(Memory control, Memory slotStates, Memory ring) {
        SpscRingSender sender() {
            return new SpscRingSender(control, ring);
        }

        SpscRingReceiver receiver() {
            return new SpscRingReceiver(control, ring, true, DrainMode.ADAPTIVE);
        }

        SpmcRingSender spmcSender() {
            return new SpmcRingSender(control, slotStates, ring);
        }

        SpmcRingReceiver spmcReceiver(int owner) {
            return new SpmcRingReceiver(control, slotStates, ring, owner);
        }

        /** Sets the lane's words as if it had been used with many receivers up to there. */
        LaneMemory fromSequence(long sequence, long position) {
            long count = slotStates.size() / SlotStateDescriptor.STRIDE;
            for (long i = sequence - count; i < sequence; i++) {
                slotStates.setLong(i * SlotStateDescriptor.STRIDE, SlotStateDescriptor.done(i));
                slotStates.setLong(
                        i * SlotStateDescriptor.STRIDE + SlotStateDescriptor.RECORD_REF_OFFSET,
                        RecordDescriptor.word(position, 0));
            }
            control.setLong(LaneDescriptor.HINT_OFFSET, HintDescriptor.advanced(0, sequence));
            control.setLong(LaneDescriptor.SENDER_POSITION_OFFSET, position);
            return this;
        }

        /** Sets the lane's words as if that many bytes had passed. */
        LaneMemory from(long position) {
            control.setLong(LaneDescriptor.RECEIVER_POSITION_OFFSET, position);
            control.setLong(LaneDescriptor.SENDER_POSITION_OFFSET, position);
            return this;
        }
    }

    /**
     * Turns an unused lane into one through which that many bytes have passed.
     *
     * @param control the control block
     * @param claims the message slots; null if there are none
     * @param position the number of bytes
     */
    public static void moveTo(Memory control, Memory claims, long position) {
        LaneMemory laneMemory = new LaneMemory(control, claims, null).from(position);
        if (claims != null) {
            laneMemory.fromSequence(1, position);
        }
    }

    /** Collects copies of messages. */
    static final class Received {
        final List<byte[]> messages = new ArrayList<>();
        final MessageHandler handler =
                (memory, offset, length) ->
                        messages.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
