package io.sluice.pipe;

import io.sluice.PipeStatistics;
import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.RingFlavor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads statistics from a pipe's files, and writes nothing. */
final class PipeInspector {
    private final PipeFiles files;
    private final PipeLayout pipeLayout;
    private final Participants participants;
    private final RingFlavor flavor;
    private final List<RingMemory> laneFiles = new ArrayList<>();

    private PipeInspector(PipeFiles files, Participants participants) {
        this.files = files;
        this.pipeLayout = files.pipeLayout();
        this.participants = participants;
        this.flavor = LaneFlavor.of(pipeLayout);
    }

    /**
     * Takes one snapshot of a pipe.
     *
     * @param files the pipe
     * @return the statistics
     * @throws IOException if the pipe is gone or cannot be read
     */
    static PipeStatistics snapshot(PipeFiles files) throws IOException {
        try (Participants participants = files.openMeta()) {
            PipeInspector pipeInspector = new PipeInspector(files, participants);
            try {
                List<Lane> lanes = pipeInspector.lanes();
                List<Participant> ends = pipeInspector.participants();
                MappingFault.poll();
                return new PipeStatistics(System.nanoTime(), lanes, ends);
            } finally {
                pipeInspector.laneFiles.forEach(RingMemory::close);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
    }

    private List<Lane> lanes() throws IOException {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < pipeLayout.senders(); i++) {
            if (pipeLayout.senders() == 1 || participants.wasAttached(i)) {
                RingMemory file = files.openLane(i);
                laneFiles.add(file);
                lanes.add(flavor.statistics(i, file, pipeLayout.ringLength()));
            }
        }
        return lanes;
    }

    private List<Participant> participants() throws IOException {
        List<Participant> list = new ArrayList<>();
        for (int i = 0; i < pipeLayout.participants(); i++) {
            if (participants.wasAttached(i)) {
                list.add(participant(i));
            }
        }
        return list;
    }

    private Participant participant(int index) throws IOException {
        Memory memory = participants.memory();
        long block = pipeLayout.participantOffset(index);
        boolean attached = participants.isAttached(index);
        boolean sends = index < pipeLayout.senders();
        int held = 0;
        if (!sends) {
            for (RingMemory lane : laneFiles) {
                held += flavor.takenBy(lane, index - pipeLayout.senders());
            }
        }
        return new Participant(
                sends,
                sends ? index : index - pipeLayout.senders(),
                attached,
                attached && participants.isAlive(index),
                memory.getLong(block + MetaDescriptor.PID_OFFSET),
                Instant.ofEpochMilli(memory.getLong(block + MetaDescriptor.SINCE_OFFSET)),
                held,
                memory.getLong(block + MetaDescriptor.WAITS_OFFSET),
                memory.getLong(block + MetaDescriptor.WAKEUPS_OFFSET),
                memory.getLong(block + MetaDescriptor.REDELIVERED_OFFSET));
    }
}
