package io.sluice;

import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A hostile peer: it maps a pipe's files, and overwrites words in them. What it does depends only
 * on the seed, and on what the other threads write.
 */
final class HostilePeer implements AutoCloseable {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    /** A part of a file to overwrite. Small parts are hit as often as large ones. */
    private record Target(MemorySegment words, String name) {}

    private final SplittableRandom random;
    private final Arena arena = Arena.ofShared();
    private final List<Target> targets = new ArrayList<>();
    private final long[] captured = new long[64];
    private final List<MemorySegment> files = new ArrayList<>();
    private final List<MemorySegment> originals = new ArrayList<>();
    private String last = "nothing";

    HostilePeer(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns a hostile peer that aims at all files that the pipe has now. */
    static HostilePeer at(Pipe pipe, long seed) throws IOException {
        HostilePeer hostilePeer = new HostilePeer(seed);
        hostilePeer.targetMeta(pipe.path().resolve(PipeFiles.META));
        for (int i = 0; Files.exists(pipe.path().resolve("lane-" + i)); i++) {
            hostilePeer.targetLane(pipe, i);
        }
        return hostilePeer;
    }

    /** Aims at the constant words, at the shared words, and at each participant's block. */
    void targetMeta(Path file) throws IOException {
        MemorySegment all = map(file);
        add(all, 0, 128, "header");
        add(all, 128, 128, "epoch");
        add(all, 256, 256, "bits");
        add(all, 512, Math.min(all.byteSize() - 512, 1024), "participants");
    }

    /** Aims at a lane's identity, control words, message slots and ring. */
    void targetLane(Pipe pipe, int index) throws IOException {
        MemorySegment all = map(pipe.path().resolve(PipeFiles.LANE.replace("0", "" + index)));
        String lane = "lane " + index + " ";
        add(all, LaneDescriptor.IDENTITY_OFFSET, 32, lane + "identity");
        add(all, LaneDescriptor.SENDER_POSITION_OFFSET, 8, lane + "sender position");
        add(all, LaneDescriptor.RECEIVER_POSITION_OFFSET, 24, lane + "receiver");
        add(all, LaneDescriptor.SENDER_EVENT_OFFSET, 16, lane + "event");
        add(all, LaneDescriptor.HINT_OFFSET, 8, lane + "hint");
        add(all, LaneDescriptor.NOTIFY_MODE_OFFSET, 8, lane + "notify mode");
        if (all.byteSize() > 3L * LaneDescriptor.MIN_CAPACITY + pipe.capacity()) {
            targetSegments(all, lane);
            return;
        }
        long ring = all.byteSize() - pipe.capacity();
        add(all, ring, pipe.capacity(), lane + "ring");
        add(all, ring, 64, lane + "first words");
        long claims = LaneDescriptor.slotStatesLength(pipe.capacity());
        if (ring > claims) {
            add(all, ring - Math.max(4096, claims), claims, lane + "message slots");
        }
    }

    /** Aims repeatedly at the table of a lane that grows, and at each page of its segments. */
    private void targetSegments(MemorySegment all, String lane) {
        int page = LaneDescriptor.MIN_CAPACITY;
        for (long offset = 2 * page; offset < all.byteSize(); offset += page) {
            add(all, page, 64, lane + "table");
            add(all, offset, 1024, lane + "page " + offset / page);
        }
    }

    private MemorySegment map(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment all =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
            files.add(all);
            originals.add(arena.allocate(all.byteSize()).copyFrom(all));
            return all;
        }
    }

    private void add(MemorySegment all, long offset, long length, String name) {
        targets.add(new Target(all.asSlice(offset, length), name));
    }

    /** Overwrites one word. */
    void overwriteWord() {
        Target target = targets.get(random.nextInt(targets.size()));
        long offset = random.nextLong(target.words.byteSize() / 8) * 8;
        long word = (long) WORD.getVolatile(target.words, offset);
        int memory = random.nextInt(captured.length);
        long replayed = captured[memory];
        captured[memory] = word;
        long written =
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> word ^ 1L << random.nextInt(64);
                    case 4 -> random.nextLong();
                    case 5 -> random.nextInt(8);
                    case 6, 7 -> replayed;
                    case 8 -> 0;
                    case 9 -> -1;
                    case 10 -> word + 8L * (random.nextInt(5) - 2);
                    default -> word + ((random.nextLong(5) - 2) << random.nextInt(64));
                };
        WORD.setVolatile(target.words, offset, written);
        last = String.format("%s+%d: 0x%x -> 0x%x", target.name, offset, word, written);
    }

    /** Restores the files, so that an end that is opened finds a usable pipe. */
    void restore() {
        for (int i = 0; i < files.size(); i++) {
            files.get(i).copyFrom(originals.get(i));
        }
    }

    /** Lets the other threads run for a while, or usually returns at once. */
    void backOff() {
        int choice = random.nextInt(256);
        if (choice == 0) {
            Thread.yield();
        } else if (choice < 8) {
            for (int i = random.nextInt(2000); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    @Override
    public String toString() {
        return "hostile peer, last wrote " + last;
    }
}
