package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.Sluice.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The session in the README runs as it stands there. */
@Timeout(120)
class SessionTest {
    private static final Pattern SESSION =
            Pattern.compile("```(?:sh|console)\\n(.*?)```", Pattern.DOTALL);

    @TempDir Path directory;

    private CommandResult bash(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script);
        Sluice.clean(builder);
        String path = Sluice.script(directory) + ":" + System.getenv("PATH");
        builder.environment().put("PATH", path);
        return Sluice.await(builder.redirectErrorStream(true).start());
    }

    /** Commands begin with a dollar sign; what they print follows. */
    @Test
    void eachCommandPrintsWhatTheReadmeSays() throws Exception {
        Matcher session = SESSION.matcher(Files.readString(Path.of("../README.md")));
        assertTrue(session.find(), "no session in the README");
        String pipe = directory.resolve("jobs").toString();
        String text = session.group(1).replace("/dev/shm/jobs", pipe);
        List<String> blocks = List.of(text.split("(?m)^\\$ "));
        assertTrue(blocks.size() > 5, "only " + blocks.size());
        for (String block : blocks.subList(1, blocks.size())) {
            int end = block.indexOf('\n');
            CommandResult result = bash(block.substring(0, end).replaceFirst(" +#.*", ""));
            assertEquals(words(block.substring(end + 1)), words(result.out()), result::toString);
        }
    }

    /** The widths of columns depend on the path. */
    private static String words(String text) {
        return text.strip().replaceAll(" +", " ");
    }

    @Test
    void theCompletionIsOneOfBash() throws Exception {
        CommandResult result = Sluice.run("generate-completion");
        assertEquals(0, result.status());
        Path script = directory.resolve("completion");
        Files.write(script, result.bytes());
        CommandResult loaded =
                bash(
                        "source "
                                + script
                                + "; complete -p sluice; COMP_WORDS=(sluice); COMP_CWORD=1;"
                                + " _complete_sluice; printf '%s\\n' \"${COMPREPLY[@]}\"");
        assertEquals(0, loaded.status(), loaded::toString);
        for (String name : List.of("ls", "stat", "cat", "doctor")) {
            assertTrue(loaded.lines().contains(name), loaded::toString);
        }
    }
}
