package io.sluice.file;

import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import io.sluice.os.MemoryFile;
import io.sluice.stress.Pool;
import io.sluice.stress.SharedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * A pipe's participants: a sender that comes or goes, and somebody else who looks. Each has its own
 * view of the words, and its own open file of the locks.
 */
public final class TwoEnds {
    private static final Geometry GEOMETRY =
            new Geometry(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);

    private static final int SENDER = 0;
    private static final int LENGTH = 1024;

    /** Behind the participants' words. */
    private static final int DATA = LENGTH - MetaDescriptor.PARTICIPANT_LENGTH;

    private static final SharedFile FILE = new SharedFile((long) Pool.SIZE * LENGTH);
    private static final Pool<TwoEnds> POOL = new Pool<>(TwoEnds::new);

    private final Memory sendersWords;
    private final Memory lookersWords;
    private final Descriptor locks;
    private final Participants looker;
    private Participants sender;
    private OtherSide senders;
    private long epoch;

    private TwoEnds(int index) {
        sendersWords = FILE.words(true, (long) index * LENGTH, LENGTH);
        lookersWords = FILE.words(false, (long) index * LENGTH, LENGTH);
        try {
            locks = MemoryFile.create("locks", Mapping.pageSize());
            MemoryFile.seal(locks);
            looker = new Participants(GEOMETRY, lookersWords, open());
            sender = new Participants(GEOMETRY, sendersWords, open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Descriptor open() throws IOException {
        return MemoryFile.openProcessFile(ProcessHandle.current().pid(), locks.number());
    }

    /**
     * Nobody has come yet.
     *
     * @return the ends; the word of data is zero
     */
    public static TwoEnds vacant() {
        TwoEnds ends = POOL.next();
        ends.sender.leave();
        ends.sendersWords.setLong(
                GEOMETRY.participantOffset(SENDER) + MetaDescriptor.STATE_OFFSET,
                Participants.VACANT);
        ends.sendersWords.setLong(
                GEOMETRY.participantOffset(SENDER) + MetaDescriptor.ABILITIES_OFFSET, 0);
        ends.sendersWords.setLong(DATA, 0);
        ends.epoch = ends.looker.epoch();
        ends.senders = ends.looker.watch(Side.SENDERS);
        return ends;
    }

    /**
     * The sender is there.
     *
     * @return the ends; the word of data is zero
     */
    public static TwoEnds attached() {
        TwoEnds ends = vacant();
        ends.attach();
        ends.write(0);
        ends.epoch = ends.looker.epoch();
        ends.senders = ends.looker.watch(Side.SENDERS);
        return ends;
    }

    /** The sender comes, and writes the data while it prepares. */
    void attach() {
        try {
            boolean attached =
                    sender.attach(Side.SENDERS, MetaDescriptor.FENCED, i -> {}, i -> write(1));
            if (!attached) {
                throw new IllegalStateException("no place");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sender writes the data. */
    void write(long data) {
        sendersWords.setLong(DATA, data);
    }

    /** The looker reads the data. */
    int read() {
        return (int) lookersWords.getLong(DATA);
    }

    /** The sender leaves. */
    public void leave() {
        sender.leave();
    }

    /**
     * The looker asks.
     *
     * @return whether the sender has left
     */
    public boolean sendersHaveLeft() {
        return looker.presence(Side.SENDERS) == Presence.GONE;
    }

    /** The looker asks, by what it knows already. */
    boolean sendersAreKnownToHaveLeft() {
        return senders.hasLeft();
    }

    /** The looker asks whether the sender is there. */
    boolean sendersArePresent() {
        return looker.presence(Side.SENDERS) == Presence.PRESENT;
    }

    /** The looker asks whether the sender has ever been there. */
    boolean wasAttached() {
        return looker.wasAttached(SENDER);
    }

    /** The looker asks whether the sender, if it is there, lacks the ability. */
    boolean isUnable() {
        return !looker.allHave(MetaDescriptor.FENCED);
    }

    /** The looker asks whether anything has changed since the start. */
    boolean epochHasChanged() {
        return looker.acquireEpoch() != epoch;
    }

    /** The sender's process dies: the kernel gives its lock back, and nothing else is said. */
    void die() {
        sender.close();
    }

    /** The sender's successor, in a process of its own, for the next round. */
    void live() {
        try {
            sender = new Participants(GEOMETRY, sendersWords, open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The looker asks the kernel whether the sender has died.
     *
     * @param found what to do then
     */
    boolean findDead(Participants.Task found) {
        try {
            return looker.findDead(SENDER, found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
