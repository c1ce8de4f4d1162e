package io.sluice.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code doctor}: checks what pipes need here. */
@Command(
        name = "doctor",
        description = {
            "Checks what pipes need, the worst finding first, each with a remedy.",
            "Creates a pipe in the directory, sends a message, and deletes it."
        })
final class CheckMachineCommand extends BaseCommand {
    @Parameters(
            paramLabel = "DIRECTORY",
            arity = "0..1",
            defaultValue = "/dev/shm",
            description = "Where pipes are to be. Default: ${DEFAULT-VALUE}")
    private Path directory;

    @Override
    ExitStatus run() {
        List<CheckFinding> findings = Checks.of(MachineFacts.here(), directory);
        if (writesJson()) {
            output().line(Json.pretty(findings.stream().map(CheckFinding::toMap).toList()));
        } else {
            findings.forEach(this::print);
        }
        return findings.get(0).level() == CheckFinding.Level.FAIL
                ? ExitStatus.UNFIT
                : ExitStatus.OK;
    }

    private void print(CheckFinding finding) {
        String level = "%-4s".formatted(finding.level().name().toLowerCase(Locale.ROOT));
        String color = finding.level().color();
        output().line(
                        styled("@|bold," + color + " " + level + "|@")
                                + "  %-24s %s".formatted(finding.name(), finding.text()));
        if (finding.remedy() != null) {
            output().line("      -> " + finding.remedy());
        }
    }
}
