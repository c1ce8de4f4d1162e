package io.sluice.example;

import io.sluice.Codec;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Sends strings from one process to another over a named pipe. Either may be started first.
 *
 * <p>Run, in two terminals:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.TwoProcesses receive /dev/shm/greetings
 * java @core/src/example/args io.sluice.example.TwoProcesses send /dev/shm/greetings
 * }</pre>
 *
 * <p>Prints, in the first one:
 *
 * <pre>{@code
 * received: hello
 * received: are you there?
 * end of stream
 * }</pre>
 */
public final class TwoProcesses {
    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: TwoProcesses receive|send PATH");
            System.exit(2);
        }
        Path path = Path.of(args[1]);
        if (args[0].equals("receive")) {
            receive(path);
        } else {
            send(path);
        }
    }

    private static void receive(Path path) throws Exception {
        Pipe.delete(path); // Of an earlier run that was killed, if there is one.
        Pipe pipe = Pipe.create(path, PipeSpec.bounded());
        try (Receiver<String> receiver = Codec.utf8().receiver(pipe.receiver())) {
            for (String message : receiver) {
                System.out.println("received: " + message);
            }
            // The sender has closed its end, or its process has exited or was killed.
            System.out.println("end of stream");
        } finally {
            Pipe.delete(path);
        }
    }

    private static void send(Path path) throws Exception {
        Pipe pipe = Pipe.open(path, Duration.ofSeconds(20)); // Waits until it has been created.
        try (Sender<String> sender = Codec.utf8().sender(pipe.sender())) {
            sender.send("hello");
            sender.send("are you there?");
        }
    }
}
