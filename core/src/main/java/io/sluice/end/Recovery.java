package io.sluice.end;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.MetaDescriptor;
import io.sluice.file.Participants;
import io.sluice.file.PipeFiles;
import io.sluice.lane.LaneDescriptor;
import io.sluice.lane.LostPage;
import io.sluice.lane.SharedBits;
import io.sluice.waiting.Bell;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Recovery of a dead end. A dead sender needs little: its committed messages are visible, and its
 * uncommitted ones are not. The messages that a dead receiver of shared lanes had taken and not
 * finished are released to the other receivers. Every step is idempotent.
 *
 * <p>The caller holds the dead end's lock.
 */
final class Recovery implements Participants.Task {
    private final PipeFiles files;
    private final Attachment attachment;
    private final Flavour flavour;
    private IntFunction<LaneFile> lanes = lane -> null;

    Recovery(PipeFiles files, Attachment attachment) {
        this.files = files;
        this.attachment = attachment;
        this.flavour = Flavour.of(files.geometry());
    }

    /**
     * Sets the lanes that are already open: a function from a lane index to its file, or to null.
     */
    void through(IntFunction<LaneFile> lanes) {
        this.lanes = lanes;
    }

    @Override
    public void run(int participant) throws IOException {
        Geometry geometry = files.geometry();
        SharedBits busy = attachment.busyLanes();
        if (participant < geometry.senders()) {
            if (attachment.participants().wasAttached(participant)) {
                onLane(participant, flavour::recoverSender);
            }
            busy.set(participant); // It may have died after sending, before announcing.
        } else {
            int receiver = participant - geometry.senders();
            attachment.sleepingReceivers().clear(receiver);
            for (int i = 0; i < geometry.senders(); i++) {
                if (attachment.participants().wasAttached(i)) {
                    giveBack(i, participant, receiver);
                    busy.set(i); // It may have died after clearing the bit, before rechecking.
                }
            }
        }
        wakeAll(geometry);
    }

    /**
     * Wakes all attached ends: the dead end may have selected one of them and died before it woke
     * it, and nothing records which.
     */
    private void wakeAll(Geometry geometry) throws IOException {
        Bell[] bells = attachment.receiverBells();
        for (int i = 0; i < bells.length; i++) {
            if (attachment.participants().isAttached(geometry.senders() + i)) {
                bells[i].ringAnyway();
            }
        }
        for (int i = 0; i < geometry.senders(); i++) {
            if (attachment.participants().isAttached(i)) {
                onLane(
                        i,
                        file ->
                                new Bell(file.control(), LaneDescriptor.SENDER_BELL_OFFSET)
                                        .ringAnyway());
            }
        }
    }

    private void giveBack(int lane, int participant, int receiver) throws IOException {
        onLane(
                lane,
                file -> {
                    int taken = flavour.recoverReceiver(file, receiver);
                    LostPage.settle();
                    attachment.add(participant, MetaDescriptor.REDELIVERED_OFFSET, taken);
                });
    }

    /**
     * Runs a task on a lane. Skips a lane that is corrupt or is not a lane of this pipe: its users
     * detect that themselves, and their waits time out. Skips also a lane that this end has not
     * open and whose file was deleted: its sender completes the recovery as soon as it needs the
     * room ({@link SendingEnd#isBrokenAfterAll}).
     */
    private void onLane(int lane, Consumer<LaneFile> task) throws IOException {
        try {
            LaneFile open = lanes.apply(lane);
            if (open != null) {
                task.accept(open);
            } else {
                try (LaneFile file = files.openLane(lane)) {
                    task.accept(file);
                }
            }
            LostPage.settle();
        } catch (ChannelCorruptedException | InvalidPipeException | NoSuchFileException e) {
            // Skipped, as documented above.
        } catch (InternalError e) {
            LostPage.asCorruption(e); // Skipped, unless the error has another cause.
        }
    }
}
