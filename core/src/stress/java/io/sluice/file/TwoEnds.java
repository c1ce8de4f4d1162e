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
 * Two participants of a pipe: a sender that attaches and leaves, and an observer, the looker. Each
 * has its own view of the words and its own open file description of the locks.
 */
public final class TwoEnds {
    private static final Geometry GEOMETRY =
            new Geometry(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);

    private static final int SENDER = 0;
    private static final int LENGTH = 1024;

    /** The offset of the data word, after the participants' words. */
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
     * Returns two ends without a sender attached.
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
     * Returns two ends with the sender attached.
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

    /** Attaches the sender, which writes the data while it prepares. */
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

    /** Writes the data as the sender. */
    void write(long data) {
        sendersWords.setLong(DATA, data);
    }

    /** Reads the data as the looker. */
    int read() {
        return (int) lookersWords.getLong(DATA);
    }

    /** Detaches the sender. */
    public void leave() {
        sender.leave();
    }

    /**
     * Tests as the looker whether the sender has left.
     *
     * @return whether the sender has left
     */
    public boolean sendersHaveLeft() {
        return looker.presence(Side.SENDERS) == Presence.GONE;
    }

    /** Tests whether the sender has left, by the looker's cached state. */
    boolean sendersAreKnownToHaveLeft() {
        return senders.hasLeft();
    }

    /** Tests as the looker whether the sender is attached. */
    boolean sendersArePresent() {
        return looker.presence(Side.SENDERS) == Presence.PRESENT;
    }

    /** Tests as the looker whether the sender was ever attached. */
    boolean wasAttached() {
        return looker.wasAttached(SENDER);
    }

    /** Tests as the looker whether the sender, if it is attached, lacks the ability. */
    boolean isUnable() {
        return !looker.allHave(MetaDescriptor.FENCED);
    }

    /** Tests as the looker whether the epoch has changed since the start. */
    boolean epochHasChanged() {
        return looker.acquireEpoch() != epoch;
    }

    /** Simulates the death of the sender's process: its lock is released, its state stays. */
    void die() {
        sender.close();
    }

    /** Creates the sender's successor, with its own open file of the locks, for the next round. */
    void live() {
        try {
            sender = new Participants(GEOMETRY, sendersWords, open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Tests as the looker, by the sender's lock, whether the sender has died.
     *
     * @param found the task to run if so
     */
    boolean findDead(Participants.Task found) {
        try {
            return looker.findDead(SENDER, found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
