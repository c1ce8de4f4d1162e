package io.sluice;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.linux.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system, which only root can mount; the test is skipped if it cannot. */
final class SmallFileSystem implements AutoCloseable {
    private final Path path;

    private SmallFileSystem(Path path) {
        this.path = path;
    }

    static SmallFileSystem mount(Path path, long size) throws IOException, InterruptedException {
        assumeTrue(Platform.userId() == 0, "only root can mount a small file system");
        Files.createDirectory(path);
        Process mount =
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "none", "" + path)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(mount.getInputStream().readAllBytes());
        assumeTrue(mount.waitFor() == 0, () -> "this root may not mount: " + said);
        return new SmallFileSystem(path);
    }

    Path path() {
        return path;
    }

    /** The time in which it is read-only: no file of it may be open for writing before. */
    interface ReadOnly extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    ReadOnly readOnly() throws IOException, InterruptedException {
        remount("ro");
        return () -> {
            try {
                remount("rw");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
    }

    private void remount(String option) throws IOException, InterruptedException {
        Process mount =
                new ProcessBuilder("mount", "-o", "remount," + option, "" + path)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(mount.getInputStream().readAllBytes());
        assumeTrue(mount.waitFor() == 0, () -> "this root may not mount: " + said);
    }

    /** Returns the free space, in bytes. */
    long free() throws IOException {
        return Files.getFileStore(path).getUnallocatedSpace();
    }

    /** Fills the file system until the given number of bytes, whole pages, is free. */
    void fillUntilFree(long bytes) throws IOException {
        Path ballast = path.resolve("ballast");
        Files.deleteIfExists(ballast);
        long rest = free() - bytes;
        if (rest < 0) {
            throw new IllegalArgumentException("the disk has only " + (rest + bytes) + " bytes");
        }
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (; rest > 0; rest -= 4096) {
                out.write(new byte[4096]);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try { // Lazily: a test that failed may still use it.
            new ProcessBuilder("umount", "-l", path.toString()).start().waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
