package io.sluice.cli;

import io.sluice.PipeView;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A subcommand that prints messages of a pipe, and does not receive them. */
abstract class LookingCommand extends BaseCommand {
    @Parameters(paramLabel = "PIPE", description = "The path of the pipe.")
    private Path path;

    @Mixin private Framing framing;

    /**
     * A message that was looked at.
     *
     * @param bytes its bytes
     * @param lane the number of its sender's slot
     * @param taken whether a receiver had taken it
     */
    record PeekedMessage(byte[] bytes, int lane, boolean taken) {
        static PeekedMessage of(
                PipeView view, java.lang.foreign.MemorySegment memory, long at, int length) {
            return new PeekedMessage(
                    MessageText.bytes(memory, at, length), view.lane(), view.isTaken());
        }
    }

    final Path path() {
        return path;
    }

    final PipeView open() throws java.io.IOException {
        return PipeView.open(path);
    }

    final void print(PeekedMessage seen) {
        if (writesJson()) {
            Map<String, Object> map = MessageText.toMap(seen.bytes);
            map.put("lane", seen.lane);
            map.put("taken", seen.taken);
            output().json(map);
        } else if (framing.isChosen()) {
            framing.write(output(), seen.bytes, seen.bytes.length);
        } else {
            output().line(
                            "%4d %9s  %s%s"
                                    .formatted(
                                            seen.lane,
                                            HumanUnits.number(seen.bytes.length),
                                            seen.taken ? "(taken) " : "",
                                            MessageText.shown(seen.bytes)));
        }
        if (output().isLarge()) {
            output().flush();
        }
    }

    final void reportMissed(PipeView view) {
        if (view.missedBytes() > 0) {
            remark(
                    "missed "
                            + HumanUnits.bytes(view.missedBytes())
                            + ": received before it could be read");
        }
    }
}
