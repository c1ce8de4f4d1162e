package io.sluice.pipe.storage;

import io.sluice.InvalidPipeException;
import io.sluice.linux.Mapping;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A check that files may belong to a pipe: file type, owner, permissions and length. A path that
 * ends in a symbolic link fails.
 *
 * @param allowOtherOwners whether files of other users are trusted
 * @param forbidden the permission bits that no file may have
 */
record FileCheck(boolean allowOtherOwners, int forbidden) {
    static final int WRITABLE_BY_OTHERS = 0002;
    static final int WRITABLE_BY_GROUP = 0020;
    private static final int STICKY = 01000;

    void checkDirectory(Path path) throws IOException {
        Map<String, Object> found = attributes(path);
        if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
            throw new InvalidPipeException(path, kind(found), "a directory, which a pipe is");
        }
        checkOwner(path, found);
        checkParents(path);
    }

    /**
     * Checks all ancestor directories: a user with permission to rename their entries could replace
     * the pipe.
     */
    static void checkParents(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null && Files.notExists(parent)) {
            throw new NoSuchFileException(
                    parent.toString(), null, "the pipe is to be in this directory: make it first");
        }
        for (Path p = parent == null ? null : parent.toRealPath(); p != null; p = p.getParent()) {
            int mode = (int) attributes(p).get("mode");
            if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
                throw new InvalidPipeException(
                        p,
                        String.format("mode %04o", mode & 07777),
                        "one that others may not write to, or with the sticky bit, because pipe "
                                + path
                                + " is in it");
            }
        }
    }

    /**
     * Checks a file's type, owner, permissions and length; a length of -1 stands for at least one
     * page.
     */
    void checkFile(Path path, long length) throws IOException {
        Map<String, Object> found = attributes(path);
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
            throw new InvalidPipeException(path, kind(found), "a regular file");
        }
        checkOwner(path, found);
        long size = (long) found.get("size");
        if (length == -1 ? size < Mapping.pageSize() : size != length) {
            throw new InvalidPipeException(
                    path,
                    size + " bytes",
                    length == -1 ? "at least " + Mapping.pageSize() : length + " bytes");
        }
    }

    private void checkOwner(Path path, Map<String, Object> found) throws IOException {
        int owner = (int) found.get("uid");
        if (owner != Platform.userId() && !allowOtherOwners) {
            throw new InvalidPipeException(
                    path,
                    "owner " + owner,
                    "this process's user "
                            + Platform.userId()
                            + " (openShared opens a pipe that another user shares)");
        }
        int mode = (int) found.get("mode");
        if ((mode & forbidden) != 0) {
            throw new InvalidPipeException(
                    path,
                    String.format("mode %04o", mode & 07777),
                    String.format("one without the bits %04o of it", mode & forbidden));
        }
    }

    private static Map<String, Object> attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(
                    path,
                    "unix:isDirectory,isRegularFile,isSymbolicLink,uid,mode,size",
                    LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            Path parent = path.getParent();
            if (DirectoryStorage.isPipeFile(path.getFileName()) && Files.isDirectory(parent)) {
                throw new InvalidPipeException(
                        parent, "no file " + path.getFileName(), "a pipe's files");
            }
            throw new NoSuchFileException(
                    path.toString(),
                    null,
                    "no pipe has this name: create it first, or wait for it with"
                            + " Pipe.open(path, timeout)");
        }
    }

    private static String kind(Map<String, Object> found) {
        if (Boolean.TRUE.equals(found.get("isSymbolicLink"))) {
            return "a symbolic link";
        }
        if (Boolean.TRUE.equals(found.get("isDirectory"))) {
            return "a directory";
        }
        return Boolean.TRUE.equals(found.get("isRegularFile")) ? "a file" : "a special file";
    }
}
