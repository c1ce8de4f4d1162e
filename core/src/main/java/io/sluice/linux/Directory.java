package io.sluice.linux;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HexFormat;

/** File-name operations that {@code java.nio.file} does not have. */
public final class Directory {
    private static final int AT_FDCWD = -100;
    private static final int RENAME_NOREPLACE = 1;

    private static final SystemCall RENAMEAT2 = SystemCall.of("renameat2");
    private static final MethodHandle GETEUID = Libc.linkWords("geteuid");

    private Directory() {}

    /**
     * Renames a file or directory atomically, unless the new name exists.
     *
     * @param from the old name
     * @param to the new name, on the same file system
     * @throws SystemCallException if the new name exists ({@code EEXIST}), or the file system does
     *     not support it ({@code EINVAL})
     */
    public static void renameNoReplace(Path from, Path to) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long old = Libc.string(arena, from).address();
            long next = Libc.string(arena, to).address();
            long result = RENAMEAT2.call(AT_FDCWD, old, AT_FDCWD, next, RENAME_NOREPLACE, 0);
            SystemCall.check(result, "renameat2", to);
        }
    }

    /**
     * Returns a path as the kernel has it. A name may consist of any bytes but zero and {@code
     * '/'}, even of bytes that no string represents in this JVM's encoding of file names, {@code
     * sun.jnu.encoding}; a {@link Path} found by listing a directory has them nevertheless.
     *
     * @param path a path of the default file system
     * @return its bytes
     * @throws IllegalArgumentException if it is a path of another file system, in an archive, say
     */
    public static byte[] pathBytes(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "%s is a path of %s, not of the machine's files"
                            .formatted(path, path.getFileSystem()));
        }
        String text = path.toString();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != text.charAt(i)) {
                // The only API that exposes the bytes.
                return decoded(path.toUri().getRawPath());
            }
        }
        return bytes;
    }

    /** Decodes the escapes of a URI. It ends with a slash if there is a directory of that name. */
    private static byte[] decoded(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            bytes.write(c != '%' ? c : HexFormat.fromHexDigits(raw, i + 1, i + 3));
            i += c != '%' ? 0 : 2;
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the user that owns the files this process creates.
     *
     * @return the effective user id
     */
    public static int userId() {
        return (int) Libc.call(GETEUID, 0);
    }
}
