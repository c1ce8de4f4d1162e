package io.sluice.end;

import io.sluice.PipeStatistics;
import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.MetaDescriptor;
import io.sluice.file.MetaView;
import io.sluice.file.PipeFiles;
import io.sluice.lane.LaneDescriptor;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LostPage;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads statistics from a pipe's files, and writes nothing. */
public final class Observer {
    private final PipeFiles files;
    private final Geometry geometry;
    private final MetaView meta;
    private final Flavour flavour;
    private final List<LaneFile> laneFiles = new ArrayList<>();

    private Observer(PipeFiles files, MetaView meta) {
        this.files = files;
        this.geometry = files.geometry();
        this.meta = meta;
        this.flavour = Flavour.of(geometry);
    }

    /**
     * Takes one snapshot of a pipe.
     *
     * @param files the pipe
     * @return the statistics
     * @throws IOException if the pipe is gone or cannot be read
     */
    public static PipeStatistics look(PipeFiles files) throws IOException {
        try (MetaView meta = files.openMeta()) {
            Observer observer = new Observer(files, meta);
            try {
                List<Lane> lanes = observer.lanes();
                List<Participant> participants = observer.participants();
                LostPage.settle();
                return new PipeStatistics(System.nanoTime(), lanes, participants);
            } finally {
                observer.laneFiles.forEach(LaneFile::close);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
    }

    private List<Lane> lanes() throws IOException {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < geometry.senders(); i++) {
            if (geometry.senders() == 1 || meta.participants().wasAttached(i)) {
                LaneFile file = files.openLane(i);
                laneFiles.add(file);
                LaneGauge gauge = flavour.gauge(file);
                boolean givenUp =
                        file.control().getLong(LaneDescriptor.ATTENTION_OFFSET)
                                == LaneDescriptor.ATTENTION_CORRUPT;
                lanes.add(
                        new Lane(
                                i,
                                gauge.sent(),
                                gauge.received(),
                                gauge.messages(),
                                givenUp,
                                flavour.segments(file),
                                flavour.allocatedSegments(file) * geometry.ringLength(),
                                file.control().getLong(LaneDescriptor.DROPPED_OFFSET)));
            }
        }
        return lanes;
    }

    private List<Participant> participants() throws IOException {
        List<Participant> list = new ArrayList<>();
        for (int i = 0; i < geometry.participants(); i++) {
            if (meta.participants().wasAttached(i)) {
                list.add(participant(i));
            }
        }
        return list;
    }

    private Participant participant(int index) throws IOException {
        Memory memory = meta.memory();
        long block = geometry.participantOffset(index);
        boolean attached = meta.participants().isAttached(index);
        boolean sends = index < geometry.senders();
        int held = 0;
        if (!sends) {
            for (LaneFile lane : laneFiles) {
                held += flavour.takenBy(lane, index - geometry.senders());
            }
        }
        return new Participant(
                sends,
                sends ? index : index - geometry.senders(),
                attached,
                attached && meta.participants().isAlive(index),
                memory.getLong(block + MetaDescriptor.PID_OFFSET),
                Instant.ofEpochMilli(memory.getLong(block + MetaDescriptor.SINCE_OFFSET)),
                held,
                memory.getLong(block + MetaDescriptor.SLEEPS_OFFSET),
                memory.getLong(block + MetaDescriptor.WAKES_OFFSET),
                memory.getLong(block + MetaDescriptor.REDELIVERED_OFFSET));
    }
}
