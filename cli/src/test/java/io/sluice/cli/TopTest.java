package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code top} in a real terminal: that of tmux. */
@Timeout(60)
class TopTest {
    private static final int ROUNDS = Proof.size(1, 4);
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    @TempDir Path directory;

    private String socket;

    @BeforeEach
    void start() throws Exception {
        socket = directory.resolve("tmux").toString();
        String version;
        try {
            version =
                    new String(
                            new ProcessBuilder("tmux", "-V")
                                    .start()
                                    .getInputStream()
                                    .readAllBytes());
        } catch (IOException e) {
            version = "";
        }
        assumeTrue(version.startsWith("tmux"), "tmux is not installed: top was not tested");
        tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "12", "-s", "top", "sh");
        // What is typed before the shell reads stands on the screen in another place.
        awaitScreen("prompt", screen -> !screen.isBlank());
    }

    @AfterEach
    void stop() throws Exception {
        if (socket != null) {
            tmux("kill-server");
        }
    }

    private String tmux(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().remove("NO_COLOR");
        Sluice.clean(builder);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return text;
    }

    private String screen(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("capture-pane", "-p", "-t", "top"));
        command.addAll(List.of(options));
        return tmux(command.toArray(new String[0]));
    }

    private String awaitScreen(String what, Predicate<String> there) throws Exception {
        long end = System.nanoTime() + DEADLINE_NANOS;
        String screen = "";
        while (System.nanoTime() < end) {
            screen = screen();
            if (there.test(screen)) {
                return screen;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no " + what + " on the screen:\n" + screen);
    }

    @Test
    void theScreenLivesAndIsGivenBack() throws Exception {
        Path path = directory.resolve("pipe");
        Sluice.script(directory);
        try (Pipe pipe = Pipe.create(path, io.sluice.PipeSpec.bounded());
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            tmux("send-keys", "-t", "top", "echo before", "Enter");
            awaitScreen("shell", screen -> screen.contains("\nbefore"));
            String command = directory + "/sluice top --interval 50ms " + directory;
            tmux("send-keys", "-t", "top", command, "Enter");
            String first = awaitScreen("table", screen -> screen.contains("RECEIVED/s"));
            assertTrue(first.startsWith("sluice top  1 pipes, Ctrl-C ends\n"), first);
            assertTrue(first.contains(path + "  bounded"), first);
            sender.send(new byte[8]);
            sender.send(new byte[8]);
            awaitScreen("two messages", screen -> screen.matches("(?s).* 2 +32 B .*"));
            assertTrue(screen("-e").contains("\033["), "no colors in a terminal");
            assertEquals(8, receiver.tryReceive().length);
            awaitScreen("one message", screen -> screen.matches("(?s).* 1 +16 B .*"));
            tmux("send-keys", "-t", "top", "C-c", "");
            tmux("send-keys", "-t", "top", "echo status $?", "Enter");
            String after = awaitScreen("status", screen -> screen.contains("status 130"));
            assertTrue(after.contains("\nbefore"), "the screen before is gone:\n" + after);
        }
    }

    @Test
    void noViewIsDrawnOnTheScreenThatWasGivenBack() throws Exception {
        Path path = directory.resolve("pipe");
        Sluice.script(directory);
        try (Pipe pipe = Pipe.create(path, io.sluice.PipeSpec.bounded());
                PipeSender sender = pipe.sender()) {
            sender.send(new byte[8]);
            for (int i = 0; i < ROUNDS; i++) {
                String before = "before " + i;
                tmux("send-keys", "-t", "top", "clear; echo " + before, "Enter");
                awaitScreen("shell", screen -> screen.startsWith(before));
                String command = directory + "/sluice top --interval 0s " + directory;
                tmux("send-keys", "-t", "top", command, "Enter");
                awaitScreen("table", screen -> screen.contains("RECEIVED/s"));
                tmux("send-keys", "-t", "top", "C-c", "");
                String status = "status 130";
                tmux("send-keys", "-t", "top", "echo status $?", "Enter");
                String after = awaitScreen("status", screen -> screen.contains(status));
                assertTrue(after.startsWith(before), "the screen before is gone:\n" + after);
            }
        }
    }
}
