package io.sluice.cli;

import io.sluice.cli.Sluice.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** An output of the command that does something when it is first written to. */
final class HookedOutput extends ByteArrayOutputStream {
    private Task task;

    /** What is done meanwhile. */
    interface Task {
        void run() throws IOException, InterruptedException;
    }

    HookedOutput(Task task) {
        this.task = task;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        super.write(bytes, offset, length);
        Task once = task;
        task = null;
        try {
            if (once != null) {
                once.run();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs the command with this output. */
    CommandResult run(String... arguments) {
        return Sluice.run(InputStream.nullInputStream(), this, this, Terminal.NONE, arguments);
    }
}
