package io.sluice.compare.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Note;
import io.sluice.compare.rig.Rig;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: checks what this machine does to measurements, with remedies. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks this machine, and names a remedy for what it finds.",
        footer = {"", "Example: shm-compare doctor", "Exit status: 5 if a check is red."})
final class DoctorCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Note> notes = Rig.environment(cpuOption.pair()).notes();
        if (json) {
            System.out.println(
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(notes));
        } else {
            notes.forEach(DoctorCommand::print);
        }
        return Gate.refusals(notes).isEmpty() ? Exit.OK : Exit.REFUSED;
    }

    static void print(Note note) {
        System.out.printf(Locale.ROOT, "%-7s %s%n", note.level(), note.text());
        if (note.remedy() != null && !Note.GREEN.equals(note.level())) {
            System.out.printf(Locale.ROOT, "%-7s -> %s%n", "", note.remedy());
        }
    }
}
