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
 * What has to be done for an end that died. For a sender nearly nothing: what it had committed is
 * there, and what it had not nobody can see. Of a receiver that shared lanes with others, what it
 * had taken and not finished is given to them. Every step may be repeated.
 *
 * <p>Called with the dead one's lock held.
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

    /** Which lanes need not be opened: says for each its file, or null. */
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
            busy.set(participant); // It may have died between sending and saying so.
        } else {
            int receiver = participant - geometry.senders();
            attachment.sleepingReceivers().clear(receiver);
            for (int i = 0; i < geometry.senders(); i++) {
                if (attachment.participants().wasAttached(i)) {
                    giveBack(i, participant, receiver);
                    busy.set(i); // It may have died between taking a lane off and its last look.
                }
            }
        }
        wakeAll(geometry);
    }

    /** Whom the dead one had chosen, and not woken yet, cannot be told: so all that are there. */
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
     * A lane that is none any more is left alone: whoever uses it finds that too, and who sleeps on
     * it wakes up by itself. So is one that this end has not open, when the pipe was deleted: its
     * sender does what is left to do, as soon as it needs the room ({@link
     * SendingEnd#isBrokenAfterAll}).
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
            // As above.
        } catch (InternalError e) {
            LostPage.asCorruption(e); // As above.
        }
    }
}
