package io.sluice.lane;

import io.sluice.MessageHandler;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lanes under test, on each kind of memory. */
public enum Lanes {
    HEAP {
        @Override
        Lane make(int capacity) {
            return new Lane(
                    new HeapMemory(4096),
                    new HeapMemory(claimsLength(capacity)),
                    HeapMemory.mirrored(capacity));
        }
    },
    MAPPED {
        @Override
        Lane make(int capacity) {
            try {
                Path directory = Files.createTempDirectory("lane");
                Path path = directory.resolve("lane");
                try (Descriptor file = Descriptor.create(path)) {
                    int claims = claimsLength(capacity);
                    file.allocate(4096 + capacity + Math.max(4096, claims));
                    return new Lane(
                            MappedMemory.words(Mapping.map(file, 0, 4096).segment()),
                            MappedMemory.words(
                                    Mapping.map(file, 4096 + capacity, Math.max(4096, claims))
                                            .segment()
                                            .asSlice(0, claims)),
                            MappedMemory.mirrored(
                                    Mapping.mapMirrored(file, 4096, capacity).segment()));
                } finally {
                    Files.deleteIfExists(path);
                    Files.delete(directory);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    abstract Lane make(int capacity);

    private static int claimsLength(int capacity) {
        return ClaimWordDescriptor.count(capacity) * ClaimWordDescriptor.STRIDE;
    }

    /** A lane's memory, with claims for many receivers, and the operations of a test on it. */
    record Lane(Memory control, Memory claims, Memory ring) {
        ExclusiveLaneSender sender() {
            return new ExclusiveLaneSender(control, ring);
        }

        ExclusiveLaneReceiver receiver() {
            return new ExclusiveLaneReceiver(control, ring, true, DrainMode.ADAPTIVE);
        }

        SharedLaneSender sharedSender() {
            return new SharedLaneSender(control, claims, ring);
        }

        SharedLaneReceiver sharedReceiver(int owner) {
            return new SharedLaneReceiver(control, claims, ring, owner);
        }

        /** Sets the lane's words as if it had been used with many receivers up to there. */
        Lane fromSequence(long sequence, long position) {
            long count = claims.size() / ClaimWordDescriptor.STRIDE;
            for (long i = sequence - count; i < sequence; i++) {
                claims.setLong(i * ClaimWordDescriptor.STRIDE, ClaimWordDescriptor.done(i));
                claims.setLong(
                        i * ClaimWordDescriptor.STRIDE + ClaimWordDescriptor.PLACE_OFFSET,
                        RecordDescriptor.word(position, 0));
            }
            control.setLong(LaneDescriptor.HINT_OFFSET, HintDescriptor.advanced(0, sequence));
            control.setLong(LaneDescriptor.SENDER_POSITION_OFFSET, position);
            return this;
        }

        /** Sets the lane's words as if that many bytes had passed. */
        Lane from(long position) {
            control.setLong(LaneDescriptor.RECEIVER_POSITION_OFFSET, position);
            control.setLong(LaneDescriptor.SENDER_POSITION_OFFSET, position);
            return this;
        }
    }

    /**
     * Turns an unused lane into one through which that many bytes have passed.
     *
     * @param control the control block
     * @param claims the claims; null if there are none
     * @param position the number of bytes
     */
    public static void moveTo(Memory control, Memory claims, long position) {
        Lane lane = new Lane(control, claims, null).from(position);
        if (claims != null) {
            lane.fromSequence(1, position);
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
