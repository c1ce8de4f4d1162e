package io.sluice.user;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.nio.file.Path;

/** A program outside of Sluice's own packages that sends one message to itself. */
public final class OneMessageProgram {
    private OneMessageProgram() {}

    /**
     * Creates a pipe and passes a message through it.
     *
     * @param arguments the pipe's path
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        Pipe pipe = Pipe.create(Path.of(arguments[0]), PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send("hello".getBytes());
            System.out.println(new String(receiver.receive()));
        }
    }
}
