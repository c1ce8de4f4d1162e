package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.AeronException;
import java.io.File;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.SystemUtil;
import org.agrona.concurrent.status.CountersReader;

/**
 * The archive of the sending half of a bridge: what the half sends is recorded on its machine, also
 * while no one receives it. The stream of a half that is started again continues the recording.
 *
 * <p>What is recorded outlives the processes, not the machine: the archive writes without {@code
 * fsync}, unless its own settings say otherwise.
 *
 * <p>One thread at a time.
 */
final class Recorder implements AutoCloseable {
    private static final long PAUSE_NANOS = 1_000_000;

    /** The length of the files of a recording: at least a term. */
    private static final int SEGMENT_LENGTH = 1 << 24;

    private final BridgeLink link;
    private final Path recordings;
    private EmbeddedArchive archive;
    private Aeron aeron;
    private ExclusivePublication publication;
    private Recording recording;
    private MappedByteBuffer mapped; // The counters.
    private CountersReader counters;
    private int counter;
    private long purgedTo;

    /**
     * Creates a recorder that does nothing yet.
     *
     * @param recordings the directory of the embedded archive
     */
    Recorder(BridgeLink link, Path recordings) {
        this.link = link;
        this.recordings = link.recordings() == null ? recordings : link.recordings();
    }

    /** Launches the archive in this process, on an embedded media driver, unless it is alive. */
    void launch(MediaDriver driver) {
        if (archive != null && archive.isAlive()) {
            return;
        }
        closeArchive();
        archive =
                EmbeddedArchive.launch(
                        recordings, driver.aeronDirectoryName(), link.archive(), segmentLength());
    }

    private int segmentLength() {
        String terms = ChannelUri.parse(link.messages()).get(CommonContext.TERM_LENGTH_PARAM_NAME);
        return terms == null
                ? SEGMENT_LENGTH
                : Math.max(SEGMENT_LENGTH, (int) SystemUtil.parseSize("term-length", terms));
    }

    /**
     * Adds a publication that is recorded, and continues the recording if there is one.
     *
     * @throws RuntimeException if the archive cannot be used now
     */
    ExclusivePublication addPublication(Aeron client, String channel, int stream) {
        aeron = client;
        try (AeronArchive requests = connect()) {
            Recording last = Recording.find(requests, channel, stream);
            ChannelUriStringBuilder builder =
                    new ChannelUriStringBuilder(channel).spiesSimulateConnection(true);
            if (last != null) {
                long stop = requests.getStopPosition(last.id());
                if (stop == AeronArchive.NULL_POSITION) {
                    throw new IllegalStateException(
                            "the archive still records what an earlier process has sent: it stops"
                                    + " when the media driver has noticed that the process has gone");
                }
                builder.initialPosition(stop, last.initialTermId(), last.termLength())
                        .mtu(last.mtu());
            }
            publication = client.addExclusivePublication(builder.build(), stream);
            String recorded = ChannelUri.addSessionId(channel, publication.sessionId());
            if (last == null) {
                requests.startRecording(recorded, stream, SourceLocation.LOCAL, true);
            } else {
                requests.extendRecording(last.id(), recorded, stream, SourceLocation.LOCAL, true);
            }
            awaitCounter(requests.archiveId());
            recording = last != null ? last : Recording.find(requests, channel, stream);
            return publication;
        }
    }

    private AeronArchive connect() {
        return RecordingReader.connect(link, aeron, RecordingReader.response(link.archive()));
    }

    private void awaitCounter(long archiveId) {
        mapCounters();
        long start = System.nanoTime();
        do {
            if (System.nanoTime() - start > link.timeout().toNanos()) {
                throw new IllegalStateException("the archive does not record");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            counter =
                    RecordingPos.findCounterIdBySession(
                            counters, publication.sessionId(), archiveId);
        } while (counter == CountersReader.NULL_COUNTER_ID);
    }

    /**
     * Maps the counters of the media driver, for this thread: Aeron's client unmaps its own in
     * another thread when it finds that the media driver has gone.
     */
    private void mapCounters() {
        unmapCounters();
        File file = new File(aeron.context().aeronDirectoryName(), CncFileDescriptor.CNC_FILE);
        mapped = IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "counters");
        DirectBuffer header = CncFileDescriptor.createMetaDataBuffer(mapped);
        counters =
                new CountersReader(
                        CncFileDescriptor.createCountersMetaDataBuffer(mapped, header),
                        CncFileDescriptor.createCountersValuesBuffer(mapped, header));
    }

    private void unmapCounters() {
        counters = null;
        IoUtil.unmap(mapped);
        mapped = null;
    }

    /** Tests whether what is sent now is recorded. */
    boolean isActive() {
        return counters != null && RecordingPos.isActive(counters, counter, recording.id());
    }

    /** Returns the position up to which the stream is recorded. */
    long position() {
        return counters.getCounterValue(counter);
    }

    /**
     * Deletes what the other half has put into its pipe, a file of the recording at a time.
     *
     * @param identity the recording that the other half means
     * @param position the position up to which it needs nothing any more
     */
    void release(long identity, long position) {
        int segment = recording == null ? 0 : recording.segmentLength();
        if (segment == 0 || identity != recording.identity() || position - purgedTo < segment) {
            return;
        }
        try (AeronArchive requests = connect()) {
            long start = requests.getStartPosition(recording.id());
            long first =
                    AeronArchive.segmentFileBasePosition(
                            start, position, recording.termLength(), segment);
            if (first > start) {
                requests.purgeSegments(recording.id(), first);
            }
            purgedTo = first;
        } catch (AeronException | IllegalStateException e) {
            purgedTo = position; // Later; a receiver that still reads there prevents it.
        }
    }

    /** Deletes the recording: the stream has ended, and the other half has all of it. */
    void delete() {
        if (archive != null) {
            archive.delete();
            archive = null;
            return;
        }
        CloseHelper.quietClose(publication);
        try (AeronArchive requests = connect()) {
            long start = System.nanoTime();
            while (requests.getStopPosition(recording.id()) == AeronArchive.NULL_POSITION
                    && System.nanoTime() - start < link.timeout().toNanos()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            requests.purgeRecording(recording.id());
        } catch (AeronException | IllegalStateException e) {
            // It stays in the archive.
        }
    }

    @Override
    public void close() {
        unmapCounters();
        closeArchive();
    }

    private void closeArchive() {
        CloseHelper.quietClose(archive);
        archive = null;
    }
}
