package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.fuzz.CountingMemory;
import io.sluice.fuzz.FuzzInput;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Fuzz targets with corrupted metadata: a pipe's header, lane identities, participants. */
final class FileFuzz {
    private static final Path NAME = Path.of("fuzzed");

    private FileFuzz() {}

    private static PipeLayout geometry(int senders, int receivers) {
        int page = Mapping.pageSize();
        return new PipeLayout(new UUID(1, 2), page, Math.max(page, 4096), 1, senders, receivers, 0);
    }

    private static void check(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void refused(InvalidPipeException e) {
        check(e.getMessage().contains(": found ") && e.getMessage().contains("; expected "), e);
    }

    /** The header of {@code meta}, with or without a correct checksum. */
    static final class MetaHeaderFuzz {
        private MetaHeaderFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FuzzInput fuzzInput = new FuzzInput(input);
            Memory meta = new HeapMemory(4096);
            MetaFile.write(
                    meta, geometry(1 + fuzzInput.consumeInt(3), 1 + fuzzInput.consumeInt(3)));
            boolean mended = fuzzInput.consumeInt(4) > 0;
            while (fuzzInput.hasMore()) {
                fuzzInput.corrupt(meta, 0, 128);
            }
            if (mended) {
                mend(meta);
            }
            try {
                PipeLayout read = MetaFile.parse(NAME, meta);
                check(read.isValid(), read);
                check(read.pageSize() == Mapping.pageSize(), read);
                check(read.metaLength() >= read.pageSize(), read);
                check(Long.bitCount(read.metaLength()) == 1, read);
                check(read.laneLength() % read.pageSize() == 0, read);
                int last = read.participantOffset(read.participants() - 1);
                check(last + MetaDescriptor.PARTICIPANT_LENGTH <= read.metaLength(), read);
                check((read.features() & ~Feature.all()) == 0, read);
            } catch (InvalidPipeException e) {
                refused(e);
            }
        }

        private static void mend(Memory meta) {
            ByteBuffer header =
                    ByteBuffer.allocate(MetaDescriptor.CHECKSUM_OFFSET)
                            .order(ByteOrder.nativeOrder());
            for (int i = 0; i < MetaDescriptor.CHECKSUM_OFFSET; i += Long.BYTES) {
                header.putLong(i, meta.getLong(i));
            }
            CRC32C checksum = new CRC32C();
            checksum.update(header.array());
            meta.setLong(MetaDescriptor.CHECKSUM_OFFSET, checksum.getValue());
        }
    }

    /** The identity of a lane. */
    static final class LaneIdentityFuzz {
        private static final PipeLayout GEOMETRY = geometry(1, 1);

        private LaneIdentityFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FuzzInput fuzzInput = new FuzzInput(input);
            Memory control = new HeapMemory(1024);
            LaneFile.writeIdentity(control, GEOMETRY);
            while (fuzzInput.hasMore()) {
                fuzzInput.corrupt(control, 0, 48);
            }
            boolean sound =
                    control.getLong(LaneFileDescriptor.MAGIC_OFFSET) == LaneFileDescriptor.MAGIC
                            && control.getLong(LaneFileDescriptor.UUID_HIGH_OFFSET) == 1
                            && control.getLong(LaneFileDescriptor.UUID_LOW_OFFSET) == 2
                            && control.getLong(LaneFileDescriptor.CAPACITY_OFFSET)
                                    == GEOMETRY.capacity();
            try {
                LaneFile.check(NAME, control, GEOMETRY);
                check(sound, "accepted");
            } catch (InvalidPipeException e) {
                refused(e);
                check(!sound, e);
            }
        }
    }

    /** The participants' blocks, and the epoch. */
    static final class ParticipantBlocksFuzz {
        private static final PipeLayout GEOMETRY = geometry(2, 2);
        private static final Path LOCKS = locks();

        private ParticipantBlocksFuzz() {}

        private static Path locks() {
            try {
                Path file = Files.createTempFile("sluice-locks-", "");
                file.toFile().deleteOnExit();
                return file;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        public static void fuzzerTestOneInput(byte[] input) throws IOException {
            FuzzInput fuzzInput = new FuzzInput(input);
            CountingMemory.Budget budget = new CountingMemory.Budget();
            Memory meta = new CountingMemory(new HeapMemory(4096), budget);
            int[] recovered = new int[1];
            Participants.ParticipantTask recovery = i -> recovered[0]++;
            try (Participants first = participants(meta);
                    Participants second = participants(meta)) {
                while (fuzzInput.hasMore()) {
                    budget.set(1000);
                    Participants one = fuzzInput.consumeInt(2) == 0 ? first : second;
                    PipeSide pipeSide =
                            fuzzInput.consumeInt(2) == 0 ? PipeSide.SENDERS : PipeSide.RECEIVERS;
                    int participant = fuzzInput.consumeInt(GEOMETRY.participants());
                    switch (fuzzInput.consumeInt(8)) {
                        case 0 -> {
                            if (one.self() < 0) {
                                check(
                                        one.attach(pipeSide, 1, recovery, i -> {}),
                                        "a place is free");
                                check(one.isAttached(one.self()), "attached");
                            }
                        }
                        case 1 -> check(one.presence(pipeSide) != null, pipeSide);
                        case 2 -> {
                            Participants other = one == first ? second : first;
                            boolean dead = one.reapIfDead(participant, recovery);
                            check(!dead || participant != one.self(), "oneself");
                            check(
                                    !dead || participant != other.self(),
                                    "a live end was found dead");
                        }
                        case 3 -> one.allHaveCapability(1);
                        case 4 -> one.leave();
                        case 5 -> one.wasAttached(participant);
                        default -> fuzzInput.corrupt(meta, 128, 1024);
                    }
                }
            }
        }

        private static Participants participants(Memory meta) throws IOException {
            return new Participants(GEOMETRY, meta, Descriptor.open(LOCKS), () -> {});
        }
    }
}
