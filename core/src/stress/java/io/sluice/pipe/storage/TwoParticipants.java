package io.sluice.pipe.storage;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.Participants.PeerWatch;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * Two participants of a pipe: a sender that attaches and leaves, and an observer, the looker. Each
 * has its own view of the words and its own open file description of the locks.
 */
public final class TwoParticipants {
    private static final PipeLayout GEOMETRY =
            new PipeLayout(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);

    private static final int SENDER = 0;
    private static final int LENGTH = 1024;

    /** The offset of the data word, after the participants' words. */
    private static final int DATA = LENGTH - MetaDescriptor.PARTICIPANT_LENGTH;

    private static final TwiceMappedFile FILE =
            new TwiceMappedFile((long) ObjectPool.SIZE * LENGTH);
    private static final ObjectPool<TwoParticipants> POOL = new ObjectPool<>(TwoParticipants::new);

    private final Memory senderMemory;
    private final Memory observerMemory;
    private final Descriptor locks;
    private final Participants observer;
    private Participants sender;
    private PeerWatch senders;
    private long epoch;

    private TwoParticipants(int index) {
        senderMemory = FILE.words(true, (long) index * LENGTH, LENGTH);
        observerMemory = FILE.words(false, (long) index * LENGTH, LENGTH);
        try {
            locks = Descriptor.createMemory("locks", Mapping.pageSize());
            locks.seal();
            observer = new Participants(GEOMETRY, observerMemory, open(), () -> {});
            sender = new Participants(GEOMETRY, senderMemory, open(), () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Descriptor open() throws IOException {
        return Descriptor.openProcessFile(ProcessHandle.current().pid(), locks.fd());
    }

    /**
     * Returns two ends without a sender attached.
     *
     * @return the ends; the word of data is zero
     */
    public static TwoParticipants vacant() {
        TwoParticipants ends = POOL.next();
        ends.sender.leave();
        ends.senderMemory.setLong(
                GEOMETRY.participantOffset(SENDER) + MetaDescriptor.STATE_OFFSET,
                Participants.VACANT);
        ends.senderMemory.setLong(
                GEOMETRY.participantOffset(SENDER) + MetaDescriptor.CAPABILITIES_OFFSET, 0);
        ends.senderMemory.setLong(DATA, 0);
        ends.epoch = ends.observer.epoch();
        ends.senders = ends.observer.watch(PipeSide.SENDERS);
        return ends;
    }

    /**
     * Returns two ends with the sender attached.
     *
     * @return the ends; the word of data is zero
     */
    public static TwoParticipants attached() {
        TwoParticipants ends = vacant();
        ends.attach();
        ends.write(0);
        ends.epoch = ends.observer.epoch();
        ends.senders = ends.observer.watch(PipeSide.SENDERS);
        return ends;
    }

    /** Attaches the sender, which writes the data while it prepares. */
    void attach() {
        try {
            boolean attached =
                    sender.attach(
                            PipeSide.SENDERS, MetaDescriptor.MEMBARRIER, i -> {}, i -> write(1));
            if (!attached) {
                throw new IllegalStateException("no place");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the data as the sender. */
    void write(long data) {
        senderMemory.setLong(DATA, data);
    }

    /** Reads the data as the looker. */
    int read() {
        return (int) observerMemory.getLong(DATA);
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
        return observer.presence(PipeSide.SENDERS) == Participants.Presence.GONE;
    }

    /** Tests whether the sender has left, by the looker's cached state. */
    boolean haveSendersLeftCached() {
        return senders.hasLeft();
    }

    /** Tests as the looker whether the sender is attached. */
    boolean sendersArePresent() {
        return observer.presence(PipeSide.SENDERS) == Participants.Presence.PRESENT;
    }

    /** Tests as the looker whether the sender was ever attached. */
    boolean wasAttached() {
        return observer.wasAttached(SENDER);
    }

    /** Tests as the looker whether the sender, if it is attached, lacks the ability. */
    boolean lacksCapability() {
        return !observer.allHaveCapability(MetaDescriptor.MEMBARRIER);
    }

    /** Tests as the looker whether the epoch has changed since the start. */
    boolean epochHasChanged() {
        return observer.acquireEpoch() != epoch;
    }

    /** Simulates the death of the sender's process: its lock is released, its state stays. */
    void crash() {
        sender.close();
    }

    /** Creates the sender's successor, with its own open file of the locks, for the next round. */
    void replaceSender() {
        try {
            sender = new Participants(GEOMETRY, senderMemory, open(), () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Tests as the looker, by the sender's lock, whether the sender has died.
     *
     * @param found the task to run if so
     */
    boolean reapIfDead(Participants.ParticipantTask found) {
        try {
            return observer.reapIfDead(SENDER, found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
