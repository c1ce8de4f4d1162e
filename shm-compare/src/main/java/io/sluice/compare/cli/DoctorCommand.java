package io.sluice.compare.cli;

import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Note;
import io.sluice.compare.rig.EnvironmentProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: checks what this machine does to measurements, with remedies. */
@Command(name = "doctor", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(names = "--json")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Note> notes =
                Note.worstFirst(EnvironmentProbe.of(cpuOption.pair(), Duration.ZERO).notes());
        if (json) {
            CommandOutput.json(notes);
        } else {
            notes.forEach(DoctorCommand::print);
        }
        return Gate.refusals(notes).isEmpty() ? Exit.OK : Exit.REFUSED;
    }

    /** Prints a finding, in the color of its level if the terminal has colors. */
    static void print(Note note) {
        String level = "@|bold,%s %-7s|@ ".formatted(note.level(), note.level());
        System.out.println(Ansi.AUTO.string(level) + note.text());
        if (note.remedy() != null && !Note.GREEN.equals(note.level())) {
            System.out.println("        -> " + note.remedy());
        }
    }
}
