package io.sluice.aeron;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.ArchiveTool;
import io.aeron.archive.client.ArchiveException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;

/**
 * An archive in this process, which may be killed and started again at any time.
 *
 * <p>Aeron takes an archive whose mark file is younger than ten seconds for alive, also one that
 * was killed; here a lock of the kernel on the directory tells, and the mark file is deleted. A
 * kill in the middle of a write leaves a part of a fragment, which Aeron recognizes by a checksum,
 * and which is then cut off: it was not reported as recorded.
 */
final class EmbeddedArchive implements AutoCloseable {
    private static final String LOCK = "bridge.lock";
    private static final String MARK = "archive-mark.dat";

    private final Path recordings;
    private final FileChannel lock;
    private final Archive archive;

    private EmbeddedArchive(Path recordings, FileChannel lock, Archive archive) {
        this.recordings = recordings;
        this.lock = lock;
        this.archive = archive;
    }

    /**
     * Launches an archive on a media driver that runs.
     *
     * @param recordings its directory, which is created
     * @param mediaDriver the directory of the media driver
     * @param requests the channel on which it takes requests
     * @param segmentLength the length of its files, in bytes
     * @throws IllegalStateException if another process has the directory
     * @throws RuntimeException if the archive cannot be launched now
     */
    static EmbeddedArchive launch(
            Path recordings, String mediaDriver, String requests, int segmentLength) {
        FileChannel lock = null;
        Archive archive = null;
        try {
            Files.createDirectories(recordings);
            lock = lock(recordings);
            Files.deleteIfExists(recordings.resolve(MARK));
            Archive.Context context =
                    new Archive.Context()
                            .aeronDirectoryName(mediaDriver)
                            .archiveDir(recordings.toFile())
                            .controlChannel(requests)
                            .replicationChannel(RecordingReader.response(requests))
                            .threadingMode(ArchiveThreadingMode.SHARED)
                            .idleStrategySupplier(AeronChannels::backoff)
                            .segmentFileLength(segmentLength)
                            .recordChecksum(new FragmentChecksum())
                            .errorHandler(e -> {});
            try {
                archive = Archive.launch(context.clone());
            } catch (ArchiveException e) {
                cutOff(recordings);
                archive = Archive.launch(context);
            }
            return new EmbeddedArchive(recordings, lock, archive);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "recordings cannot be kept in " + recordings + ": choose another directory", e);
        } finally {
            if (archive == null) {
                CloseHelper.quietClose(lock);
            }
        }
    }

    private static FileChannel lock(Path recordings) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        recordings.resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Of this process.
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new IllegalStateException(
                    recordings + " is in use by another bridge: each needs a directory of its own");
        }
        return channel;
    }

    /** Cuts off the parts of fragments that a killed archive has left. */
    private static void cutOff(Path recordings) throws IOException {
        Files.deleteIfExists(recordings.resolve(MARK));
        try (PrintStream none =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            // Without a checksum: Aeron's loading of one by name needs a flag of the JVM. So the
            // last fragment counts as incomplete, which the archive has found it to be.
            ArchiveTool.verify(none, recordings.toFile(), Set.of(), null, file -> true);
        }
        Files.deleteIfExists(recordings.resolve(MARK));
    }

    /**
     * Tests whether it records. It does not after its client of the media driver was closed, as
     * Aeron does to a process that was stopped for longer than the timeout; then it can only be
     * closed, and another one launched.
     */
    boolean isAlive() {
        return !archive.context().aeron().isClosed();
    }

    /** Closes the archive and deletes all that it has recorded. */
    void delete() {
        CloseHelper.quietClose(archive);
        IoUtil.delete(recordings.toFile(), true);
        close();
    }

    @Override
    public void close() {
        CloseHelper.quietClose(archive);
        CloseHelper.quietClose(lock);
    }
}
