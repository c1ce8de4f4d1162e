package io.sluice.cli;

import static io.sluice.cli.CheckFinding.fail;
import static io.sluice.cli.CheckFinding.ok;
import static io.sluice.cli.CheckFinding.warn;

import io.sluice.ChannelException;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of {@code doctor}: what pipes need, and a remedy for what is missing. */
final class Checks {
    private static final long MIB = 1 << 20;
    private static final long LITTLE_SPACE = 64 * MIB;
    private static final long LEAST_SPACE = MIB;
    private static final long FEW_FILES = 1024;
    private static final long DEFAULT_MAPPINGS = 65530;

    private static final String TIME_OFFSETS = "proc/self/timens_offsets";

    /** What the link has in the first namespace of a kernel. */
    private static final String FIRST_PID_NAMESPACE = "pid:[4026531836]";

    private static final Set<String> NETWORK =
            Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "afs");

    private final MachineFacts machine;
    private final Path place;
    private final List<CheckFinding> findings = new ArrayList<>();

    private Checks(MachineFacts machine, Path place) {
        this.machine = machine;
        this.place = place;
    }

    /**
     * Makes all checks.
     *
     * @param place the directory in which pipes are to be
     * @return the findings, the worst first
     */
    static List<CheckFinding> of(MachineFacts machine, Path place) {
        Checks checks = new Checks(machine, place);
        checks.system();
        if (checks.findings.stream().noneMatch(f -> f.level() == CheckFinding.Level.FAIL)) {
            checks.calls();
            checks.limits();
            checks.containers();
            checks.memory();
            checks.place();
        }
        checks.findings.sort(Comparator.comparing(CheckFinding::level));
        return checks.findings;
    }

    private void system() {
        String system = machine.system();
        findings.add(
                system.matches("Linux (amd64|aarch64)")
                        ? ok(
                                "system",
                                system + ", kernel " + machine.read("proc/sys/kernel/osrelease"))
                        : fail(
                                "system",
                                system,
                                "pipes need Linux on x86-64 or AArch64; mailboxes run everywhere"));
        Matcher version =
                Pattern.compile("(\\d+)\\.(\\d+).*")
                        .matcher(machine.read("proc/sys/kernel/osrelease"));
        if (version.matches()
                && 1000 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2))
                        < 3017) {
            findings.add(
                    fail(
                            "kernel",
                            "Linux " + version.group(),
                            "pipes need Linux 3.17 or newer, for the locks of open file"
                                    + " descriptions and memfd_create"));
        }
        findings.add(
                machine.nativeAccess()
                        ? ok(
                                "native access",
                                "enabled for this command; a program needs"
                                        + " --enable-native-access=ALL-UNNAMED")
                        : warn(
                                "native access",
                                "not enabled: the JDK prints a warning, and a later one refuses",
                                "start java with --enable-native-access=ALL-UNNAMED"));
        if (machine.cpus() == 1) {
            findings.add(
                    warn(
                            "cpus",
                            "one: an end that spins keeps the other one from running",
                            "give the process two CPUs, or use EndOptions.withSpins(0)"));
        } else {
            findings.add(ok("cpus", Integer.toString(machine.cpus())));
        }
    }

    private void calls() {
        call(
                "futex_waitv",
                machine.futexWaitv().getAsInt(),
                Kernel.EINVAL,
                "Linux 5.16",
                "a Select over several pipes looks once in a millisecond instead of sleeping");
        call(
                "membarrier",
                machine.membarrier().getAsInt(),
                0,
                "Linux 4.16",
                "senders to a receiver that sleeps execute a fence for each message");
        findings.add(
                machine.line("proc/self/status", "Seccomp:").orElse("0").equals("0")
                        ? ok("seccomp", "no filter")
                        : ok("seccomp", "a filter is active; the checks show what it refuses"));
    }

    private void call(String name, int error, int expected, String since, String consequence) {
        if (error == expected) {
            findings.add(ok(name, "available"));
        } else if (error == Kernel.ENOSYS) {
            findings.add(
                    warn(
                            name,
                            "not there (ENOSYS): " + consequence,
                            "use " + since + " or newer; or a container runtime that knows it"));
        } else {
            findings.add(
                    warn(
                            name,
                            "refused (error " + error + "): " + consequence,
                            "allow it in the seccomp profile of the container or the service"));
        }
    }

    private void limits() {
        limit("Max open files", FEW_FILES, "open files", "ulimit -n 4096, or LimitNOFILE=");
        limit("Max address space", Long.MAX_VALUE, "address space", "ulimit -v unlimited");
        limit("Max file size", Long.MAX_VALUE, "file size", "ulimit -f unlimited");
        Optional<Long> mappings = machine.number("proc/sys/vm/max_map_count");
        if (mappings.isPresent() && mappings.get() < DEFAULT_MAPPINGS) {
            findings.add(
                    warn(
                            "mappings",
                            mappings.get() + " for each process: an end of a pipe takes up to six",
                            "sysctl vm.max_map_count=" + DEFAULT_MAPPINGS));
        }
    }

    private void limit(String key, long least, String name, String remedy) {
        String soft = machine.line("proc/self/limits", key).orElse("unlimited").split("\\s+")[0];
        boolean enough = soft.equals("unlimited") || Long.parseLong(soft) >= least;
        findings.add(
                enough
                        ? ok(name, "limit " + soft)
                        : warn(name, "limit " + soft + ": a large pipe may not open", remedy));
    }

    private void containers() {
        String users = machine.read("proc/self/uid_map").replaceAll("\\s+", " ").strip();
        findings.add(
                users.isEmpty() || users.equals("0 0 4294967295")
                        ? ok("user namespace", "the first one")
                        : warn(
                                "user namespace",
                                "users are mapped (" + users + ")",
                                "containers that share a pipe must map the user who owns it to the"
                                        + " same user of the host"));
        String pids = machine.link("proc/self/ns/pid");
        findings.add(
                ok(
                        "pid namespace",
                        pids.isEmpty() || pids.equals(FIRST_PID_NAMESPACE)
                                ? "the first one"
                                : "its own: the pids of other containers are those there; who is"
                                        + " alive is known all the same"));
        Matcher offset = Pattern.compile("monotonic +(\\S.*)").matcher(machine.read(TIME_OFFSETS));
        if (offset.find() && !offset.group(1).matches("0 +0")) {
            findings.add(
                    warn(
                            "time namespace",
                            "the monotonic clock is another container's plus "
                                    + offset.group(1).replaceAll(" +.*", " s"),
                            "do not order messages by arrival (Order.ARRIVAL) between containers of"
                                    + " different clocks"));
        }
    }

    private void memory() {
        Optional<Long> most = machine.number("sys/fs/cgroup/memory.max");
        Optional<Long> used = machine.number("sys/fs/cgroup/memory.current");
        if (most.isPresent() && used.isPresent()) {
            space(
                    "memory of the container",
                    most.get() - used.get(),
                    "raise the memory limit of the container: pipes on a tmpfs count");
        }
        machine.line("proc/meminfo", "MemAvailable:")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024)
                .ifPresent(free -> space("memory", free, "end other programs, or add memory"));
    }

    private void space(String name, long free, String remedy) {
        String text = HumanUnits.bytes(Math.max(0, free)) + " free";
        findings.add(
                free < LEAST_SPACE
                        ? fail(name, text, remedy)
                        : free < LITTLE_SPACE ? warn(name, text, remedy) : ok(name, text));
    }

    private void place() {
        if (!Files.isDirectory(place)) {
            findings.add(fail("place", place + " is no directory", "name one that exists"));
            return;
        }
        try {
            FileStore store = Files.getFileStore(place);
            String type = store.type();
            if (NETWORK.contains(type)) {
                findings.add(
                        fail(
                                "file system",
                                place + " is on " + type + ", of another machine",
                                "use a local file system: /dev/shm"));
            } else {
                findings.add(
                        type.equals("tmpfs")
                                ? ok("file system", place + " is on tmpfs")
                                : warn(
                                        "file system",
                                        place + " is on " + type + ": the kernel writes pages back",
                                        "use /dev/shm or another tmpfs"));
            }
            long free = store.getUsableSpace();
            boolean container = store.getTotalSpace() <= LITTLE_SPACE && free >= LEAST_SPACE;
            String remedy =
                    "docker run --shm-size=1g; Kubernetes: a volume emptyDir with medium: Memory"
                            + " on /dev/shm";
            String name = "space of " + place;
            if (container) {
                findings.add(
                        warn(
                                name,
                                HumanUnits.bytes(store.getTotalSpace())
                                        + ", as containers have by default; "
                                        + HumanUnits.bytes(free)
                                        + " free",
                                remedy));
            } else {
                space(name, free, type.equals("tmpfs") ? remedy : "free some space there");
            }
        } catch (IOException e) {
            findings.add(warn("file system", e.getMessage(), "name another directory"));
        }
        trial();
    }

    /** Makes pipes, and sends a message through them. */
    private void trial() {
        Path path = place.resolve(".sluice-doctor-" + ProcessHandle.current().pid());
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded().senders(1))) {
            try {
                exchange(pipe);
                findings.add(ok("a pipe", "works in " + place));
            } finally {
                Pipe.delete(path);
            }
        } catch (IOException | ChannelException | IllegalStateException e) {
            findings.add(fail("a pipe", "fails in " + place + ": " + e.getMessage(), remedy(e)));
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(1))) {
            exchange(pipe);
            findings.add(ok("an anonymous pipe", "works"));
        } catch (IOException | ChannelException | IllegalStateException e) {
            findings.add(warn("an anonymous pipe", "fails: " + e.getMessage(), "use named pipes"));
        }
    }

    private static void exchange(Pipe pipe) throws IOException {
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            boolean alive = pipe.statistics().participants().stream().allMatch(end -> end.alive());
            if (!alive) {
                throw new IOException(
                        "the locks of open file descriptions do not show that an end is alive");
            }
            if (!sender.trySend(new byte[] {1}) || receiver.tryReceive() == null) {
                throw new IOException("a message did not arrive");
            }
        }
    }

    private static String remedy(Exception e) {
        if (ExitStatus.isReadOnly(e)) {
            return "mount it writable, or name a writable volume: sluice doctor DIRECTORY";
        }
        ExitStatus exit = ExitStatus.of(e);
        if (exit == ExitStatus.DENIED) {
            return "choose a directory that this user may write to";
        }
        return exit == ExitStatus.INVALID
                ? "choose a directory that others may not write to, or one with the sticky bit"
                : "choose another directory: sluice doctor DIRECTORY";
    }
}
