package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.Notifier;
import io.sluice.ring.RingFlavor;
import io.sluice.wait.FutexEvent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Recovery of a dead end. A dead sender needs little: its committed messages are visible, and its
 * uncommitted ones are not. The messages that a dead receiver of SPMC rings had taken and not
 * finished are released to the other receivers. Every step is idempotent.
 *
 * <p>The caller holds the dead end's lock.
 */
final class Recovery implements Participants.ParticipantTask {
    private final PipeFiles files;
    private final Membership membership;
    private final RingFlavor flavor;
    private IntFunction<RingMemory> lanes = lane -> null;

    Recovery(PipeFiles files, Membership membership) {
        this.files = files;
        this.membership = membership;
        this.flavor = LaneFlavor.of(files.pipeLayout());
    }

    /**
     * Sets the lanes that are already open: a function from a lane index to its file, or to null.
     */
    void useOpenLanes(IntFunction<RingMemory> lanes) {
        this.lanes = lanes;
    }

    @Override
    public void run(int participant) throws IOException {
        PipeLayout pipeLayout = files.pipeLayout();
        Notifier notifier = membership.notifier();
        int[] released = new int[1];
        if (participant < pipeLayout.senders()) {
            if (membership.participants().wasAttached(participant)) {
                onLane(participant, flavor::recoverSender);
            }
            notifier.setReady(participant); // It may have died after sending, before announcing.
        } else {
            int receiver = participant - pipeLayout.senders();
            notifier.removeWaiter(receiver);
            for (int i = 0; i < pipeLayout.senders(); i++) {
                if (membership.participants().wasAttached(i)) {
                    int lane = i;
                    onLane(i, file -> released[0] += release(lane, file, participant, receiver));
                    // It may have died after clearing the bit, before rechecking.
                    notifier.setReady(i);
                }
            }
        }
        wakeAll(pipeLayout);
        report(participant, released[0]);
    }

    /** Reports the death of an end, unless it was found before. */
    private void report(int participant, int released) {
        Participants participants = membership.participants();
        if (participants.isAttached(participant)) {
            int senders = files.pipeLayout().senders();
            boolean sender = participant < senders;
            membership
                    .events()
                    .peerDied(
                            sender,
                            sender ? participant : participant - senders,
                            participants.pid(participant),
                            released,
                            flavor.redeliver());
        }
    }

    /**
     * Wakes all attached ends: the dead end may have selected one of them and died before it woke
     * it, and nothing records which.
     */
    private void wakeAll(PipeLayout pipeLayout) throws IOException {
        for (int i = 0; i < pipeLayout.receivers(); i++) {
            if (membership.participants().isAttached(pipeLayout.senders() + i)) {
                membership.notifier().event(i).forceNotify();
            }
        }
        for (int i = 0; i < pipeLayout.senders(); i++) {
            if (membership.participants().isAttached(i)) {
                onLane(
                        i,
                        file ->
                                new FutexEvent(file.control(), LaneDescriptor.SENDER_EVENT_OFFSET)
                                        .forceNotify());
            }
        }
    }

    /**
     * Releases the messages that a receiver had taken from a lane and not finished. The caller
     * holds its lock.
     *
     * @return the number of messages
     */
    int release(int lane, RingMemory file, int participant, int receiver) {
        int attempts = PipeEvents.mayRecord() ? flavor.attemptsOf(file, receiver) : 0;
        int taken = flavor.recoverReceiver(file, receiver);
        MappingFault.poll();
        membership.add(participant, MetaDescriptor.REDELIVERED_OFFSET, taken);
        if (flavor.redeliver()) {
            membership.events().redelivered(lane, taken, attempts + 1);
        }
        return taken;
    }

    /**
     * Runs a task on a lane. Skips a lane that is corrupt or is not a lane of this pipe: its users
     * detect that themselves, and their waits time out. Skips also a lane that this end has not
     * open and whose file was deleted: its sender completes the recovery as soon as it needs the
     * room ({@link SenderEndpoint#checkPeers}).
     */
    private void onLane(int lane, Consumer<RingMemory> task) throws IOException {
        try {
            RingMemory open = lanes.apply(lane);
            if (open != null) {
                task.accept(open);
            } else {
                try (RingMemory file = files.openLane(lane)) {
                    task.accept(file);
                }
            }
            MappingFault.poll();
        } catch (ChannelCorruptedException | InvalidPipeException | NoSuchFileException e) {
            // Skipped, as documented above.
        } catch (InternalError e) {
            MappingFault.asCorruption(e); // Skipped, unless the error has another cause.
        }
    }
}
