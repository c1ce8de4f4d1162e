package io.sluice.compare.cli;

import io.sluice.compare.result.Note;
import java.util.List;

/** What is to be published is not measured on a machine of which the doctor says no. */
final class Gate {
    private Gate() {}

    /** The findings that forbid it. */
    static List<Note> refusals(List<Note> notes) {
        return notes.stream().filter(note -> Note.RED.equals(note.level())).toList();
    }
}
