package io.sluice.os;

import static io.sluice.os.Libc.INT;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Calls on names that {@code java.nio.file} does not have. */
public final class Directory {
    private static final int AT_FDCWD = -100;
    private static final int RENAME_NOREPLACE = 1;

    private static final MethodHandle RENAMEAT2 =
            Libc.link("renameat2", FunctionDescriptor.of(INT, INT, ADDRESS, INT, ADDRESS, INT));
    private static final MethodHandle GETEUID = Libc.link("geteuid", FunctionDescriptor.of(INT));

    private static final CallCounter RENAMES = CallCounter.of("renameat2");

    private Directory() {}

    /**
     * Gives a file or directory another name in one step, unless that name exists.
     *
     * @param from its name
     * @param to its new name, on the same file system
     * @throws SystemCallException if the new name exists ({@code EEXIST}), or the file system
     *     cannot do it ({@code EINVAL})
     */
    public static void renameNoReplace(Path from, Path to) throws SystemCallException {
        RENAMES.count();
        try (Arena arena = Arena.ofConfined()) {
            int r =
                    (int)
                            RENAMEAT2.invokeExact(
                                    Libc.errnoState(),
                                    AT_FDCWD,
                                    Libc.string(arena, from.toString()),
                                    AT_FDCWD,
                                    Libc.string(arena, to.toString()),
                                    RENAME_NOREPLACE);
            if (r != 0) {
                throw new SystemCallException("renameat2", to.toString());
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Whose files this process makes.
     *
     * @return the effective user id
     */
    public static int userId() {
        try {
            return (int) GETEUID.invokeExact(Libc.errnoState());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
