package io.sluice.pipe;

import io.sluice.MessageHandler;
import io.sluice.memory.MappingFault;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.LaneReceiver.HandlerException;
import io.sluice.ring.RingFlavor;
import io.sluice.ring.RingFlavor.LanePeek;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the messages of a pipe without receiving them, and writes nothing: its files may be mapped
 * read-only. Maps each lane when its sender has been attached.
 *
 * <p>One thread at a time.
 */
final class PipePeek implements AutoCloseable {
    private final PipeFiles files;
    private final Participants participants;
    private final RingFlavor flavor;
    private final RingMemory[] memory;
    private final LanePeek[] lanes;
    private int current;

    PipePeek(PipeFiles files) throws IOException {
        this.files = files;
        this.participants = files.openMeta();
        this.flavor = LaneFlavor.of(files.pipeLayout());
        this.memory = new RingMemory[files.pipeLayout().senders()];
        this.lanes = new LanePeek[memory.length];
    }

    /** Hands out messages that were not handed out before, lane by lane. */
    int peek(MessageHandler handler, int limit) throws IOException {
        int count = 0;
        try {
            for (int i = 0; i < lanes.length && count < limit; i++) {
                if (lanes.length == 1 || participants.wasAttached(i)) {
                    current = i;
                    count += lane(i).peek(handler, limit - count);
                }
            }
            MappingFault.poll();
            return count;
        } catch (HandlerException e) {
            throw e.thrown();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
    }

    private LanePeek lane(int index) throws IOException {
        if (lanes[index] == null) {
            memory[index] = files.openLane(index);
            lanes[index] = flavor.peek(memory[index]);
        }
        return lanes[index];
    }

    int lane() {
        return current;
    }

    boolean isTaken() {
        return lanes[current] != null && lanes[current].isTaken();
    }

    long missedBytes() {
        long missed = 0;
        for (LanePeek lane : lanes) {
            missed += lane == null ? 0 : lane.missedBytes();
        }
        return missed;
    }

    @Override
    public void close() {
        List<AutoCloseable> resources = new ArrayList<>();
        for (RingMemory lane : memory) {
            resources.add(lane);
        }
        resources.add(participants);
        PipeFiles.closeAll(resources);
    }
}
