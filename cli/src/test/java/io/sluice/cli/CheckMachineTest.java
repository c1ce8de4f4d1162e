package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.CheckFinding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks of a machine find what is wrong with it, and name a remedy. */
@Timeout(60)
class CheckMachineTest {
    @TempDir Path root;

    private int futexWaitv = Kernel.EINVAL;
    private int membarrier;
    private int cpus = 2;
    private boolean nativeAccess = true;
    private String system = "Linux amd64";
    private Path place;

    @BeforeEach
    void soundMachine() throws IOException {
        place = Files.createDirectory(root.resolve("pipes"));
        write("proc/sys/kernel/osrelease", "6.18.0");
        write("proc/sys/vm/max_map_count", "65530");
        write("proc/self/status", "Name:\tjava\nSeccomp:\t0\n");
        write("proc/self/limits", "Max open files            4096    524288   files\n");
        write("proc/self/uid_map", "         0          0 4294967295");
        write("proc/self/timens_offsets", "monotonic  0   0\nboottime   3  0");
        write("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    4000000 kB\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    private List<CheckFinding> findings() {
        MachineFacts machine =
                new MachineFacts(
                        root, system, cpus, nativeAccess, () -> futexWaitv, () -> membarrier);
        List<CheckFinding> findings = Checks.of(machine, place);
        for (int i = 0; i < findings.size(); i++) {
            CheckFinding finding = findings.get(i);
            assertTrue(i == 0 || findings.get(i - 1).level().compareTo(finding.level()) <= 0);
            if (finding.level() != Level.OK) {
                assertNotNull(finding.remedy(), finding::toString);
            }
        }
        return findings;
    }

    private void assertFinds(Level level, String name, String text) {
        assertTrue(
                findings().stream()
                        .anyMatch(
                                finding ->
                                        finding.level() == level
                                                && finding.name().startsWith(name)
                                                && finding.text().contains(text)),
                () -> findings().toString());
    }

    @Test
    void nothingIsWrongWithASoundMachine() {
        List<CheckFinding> wrong =
                findings().stream()
                        .filter(finding -> finding.level() != Level.OK)
                        .filter(finding -> !finding.name().equals("file system"))
                        .filter(finding -> !finding.name().startsWith("space of"))
                        .toList();
        assertEquals(List.of(), wrong);
        assertFinds(Level.OK, "a pipe", "works in");
        assertFinds(Level.OK, "an anonymous pipe", "works");
        assertEquals(0, place.toFile().list().length, "the trial left something");
    }

    @Test
    void eachDefectIsFound() throws IOException {
        futexWaitv = Kernel.ENOSYS;
        assertFinds(Level.WARN, "futex_waitv", "ENOSYS");
        futexWaitv = Kernel.EPERM;
        assertFinds(Level.WARN, "futex_waitv", "refused (error 1)");
        membarrier = Kernel.EPERM;
        assertFinds(Level.WARN, "membarrier", "refused");
        cpus = 1;
        assertFinds(Level.WARN, "cpus", "one");
        nativeAccess = false;
        assertFinds(Level.WARN, "native access", "not enabled");
        write("proc/self/limits", "Max open files            256    524288   files\n");
        assertFinds(Level.WARN, "open files", "limit 256");
        write("proc/self/limits", "Max open files            1024    524288   files\n");
        assertFinds(Level.OK, "open files", "limit 1024");
        write("proc/sys/vm/max_map_count", "1000");
        assertFinds(Level.WARN, "mappings", "1000");
        write("proc/self/status", "Seccomp:\t2");
        assertFinds(Level.OK, "seccomp", "a filter is active");
        write("proc/self/uid_map", "0 1000 1");
        assertFinds(Level.WARN, "user namespace", "0 1000 1");
        Files.createDirectories(root.resolve("proc/self/ns"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/pid"), Path.of("pid:[4026532000]"));
        assertFinds(Level.OK, "pid namespace", "its own");
        write("proc/self/timens_offsets", "monotonic      86400         7\nboottime  0  0");
        assertFinds(Level.WARN, "time namespace", "plus 86400 s");
        write("proc/meminfo", "MemAvailable:    20000 kB");
        assertFinds(Level.WARN, "memory", "19.5 MiB free");
        write("sys/fs/cgroup/memory.max", "1000000");
        write("sys/fs/cgroup/memory.current", "900000");
        assertFinds(Level.FAIL, "memory of the container", "KiB free");
        place = root.resolve("none");
        assertFinds(Level.FAIL, "place", "is no directory");
    }

    @Test
    void aSystemWithoutPipes() throws IOException {
        write("proc/sys/kernel/osrelease", "3.10.0");
        assertFinds(Level.FAIL, "kernel", "Linux 3.10.0");
        system = "Mac OS X aarch64";
        assertFinds(Level.FAIL, "system", "Mac OS X");
    }

    @Test
    void aDirectoryThatOthersMayWriteTo() throws Exception {
        Files.setPosixFilePermissions(
                place, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        assertFinds(Level.FAIL, "a pipe", "mode 0777");
    }

    @Test
    void theFilesOfTheKernelAreReadWhole() throws IOException {
        for (String file : List.of("sys/vm/max_map_count", "self/limits", "self/uid_map")) {
            // As a shell does, in one read.
            Process cat = new ProcessBuilder("cat", "/proc/" + file).start();
            String whole = new String(cat.getInputStream().readAllBytes()).strip();
            int same = file.equals("self/limits") ? whole.indexOf('\n') : whole.length();
            String read = MachineFacts.here().read("proc/" + file);
            assertEquals(whole.substring(0, same), read.substring(0, same));
        }
    }

    @Test
    void theRealKernelAnswers() {
        assertTrue(MachineFacts.here().nativeAccess());
        int error = Kernel.futexWaitv();
        assertTrue(List.of(Kernel.EINVAL, Kernel.ENOSYS, Kernel.EPERM).contains(error), "" + error);
        assertTrue(List.of(0, Kernel.ENOSYS, Kernel.EPERM).contains(Kernel.membarrier()));
    }
}
