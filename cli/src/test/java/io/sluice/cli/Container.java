package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a container is for a pipe: user, mount, PID and IPC namespaces of its own, a read-only root,
 * a {@code /dev/shm} of 64 MiB, and a volume. It needs no container runtime, and where the kernel
 * lets users have namespaces, no root. Each program is a container of its own, in which it is
 * process 1.
 */
final class Container {
    /** The size of /dev/shm that Docker and Kubernetes choose. */
    static final int SHM_MIB = 64;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final List<String> NAMESPACES =
            List.of(
                    "unshare",
                    "--user",
                    "--map-root-user",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--ipc",
                    "--mount-proc");

    private static final String SET_UP =
            """
            set -e
            mount --bind "$1" "$2"
            mount -o remount,bind,$3 "$2"
            mount -o remount,bind,ro /
            mount -t tmpfs -o mode=1777,size=%dm tmpfs /dev/shm
            cd "$2"
            shift 3
            exec "$@"
            """
                    .formatted(SHM_MIB);

    private final List<String> prefix;
    private final Path volume;
    private final Path mountPoint;
    private final String access;
    private final List<String> user;

    private Container(
            List<String> prefix, Path volume, Path mountPoint, String access, List<String> user) {
        this.prefix = prefix;
        this.volume = volume;
        this.mountPoint = mountPoint;
        this.access = access;
        this.user = user;
    }

    /** Returns a container that has a directory as a volume, at a mount point that it creates. */
    static Container of(Path volume, Path mountPoint) throws IOException {
        Files.createDirectories(mountPoint);
        return new Container(List.of(), volume, mountPoint, "rw", List.of());
    }

    /** Returns one whose volume is read-only. */
    Container readOnly() {
        return new Container(prefix, volume, mountPoint, "ro", user);
    }

    /** Returns one in which this process's user has another id. */
    Container mappedTo(int id) {
        List<String> nested = List.of("unshare", "--user", "--map-user=" + id, "--map-group=" + id);
        return new Container(prefix, volume, mountPoint, access, nested);
    }

    /** Returns one of another user of the host, who is root in it: for root only. */
    Container of(int id, int groups) {
        List<String> other =
                List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--groups=" + groups);
        return new Container(other, volume, mountPoint, access, user);
    }

    /** Returns the reason why there are no containers here; null if there are. */
    static String refusal(Path directory) throws IOException, InterruptedException {
        Container trial = of(directory, directory.resolve("trial"));
        Process process;
        try {
            process = trial.builder(List.of("true")).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.getMessage();
        }
        String printed = new String(process.getInputStream().readAllBytes()).strip();
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("unshare goes on: " + printed);
        }
        return process.exitValue() == 0 ? null : printed;
    }

    ProcessBuilder builder(List<String> program) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(NAMESPACES);
        command.addAll(List.of("sh", "-c", SET_UP, "sh"));
        command.addAll(List.of(volume.toString(), mountPoint.toString(), access));
        command.addAll(user);
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command);
        Sluice.clean(builder);
        return builder;
    }

    /** Waits until a container has its process 1, and returns it. */
    static ProcessHandle process(Process container) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end && container.isAlive()) {
            Optional<ProcessHandle> inside = container.children().findFirst();
            if (inside.isPresent()) {
                return inside.get();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("nothing runs in " + container.info());
    }

    /** Kills process 1 of a container, as {@code kill -9} and the kernel's OOM killer do. */
    static void kill(Process container) throws InterruptedException {
        ProcessHandle inside = process(container);
        inside.destroyForcibly();
        if (!container.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(inside.info() + " goes on");
        }
    }
}
