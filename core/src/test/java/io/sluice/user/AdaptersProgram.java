package io.sluice.user;

import io.sluice.Codec;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.agrona.PipeRingBuffer;
import io.sluice.io.PipeStreams;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A program that uses the adapters. Prints which of them worked, and what the others threw. */
public final class AdaptersProgram {
    private AdaptersProgram() {}

    private interface Printed {
        String run() throws Exception;
    }

    private static void print(String what, Printed work) throws Exception {
        try {
            System.out.println(what + ": " + work.run());
        } catch (IllegalStateException e) {
            System.out.println(what + ": " + e.getMessage());
        }
    }

    /**
     * Passes a message through each kind of ends.
     *
     * @param arguments the pipe's path
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        Pipe pipe = Pipe.create(Path.of(arguments[0]), PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Sender<String> strings = Codec.utf8().sender(sender);
            Receiver<String> received = Codec.utf8().receiver(receiver);
            strings.send("hello");
            System.out.println("codec: " + received.receive());

            sender.send(ByteBuffer.wrap(new byte[3]));
            System.out.println("buffer: " + receiver.receive(ByteBuffer.allocateDirect(10)));

            new DataOutputStream(PipeStreams.output(sender)).writeInt(5);
            System.out.println(
                    "stream: " + new DataInputStream(PipeStreams.input(receiver)).readInt());

            print("sender", () -> new DirectBufferSender(sender).getClass().getSimpleName());
            print("receiver", () -> new DirectBufferReceiver(receiver).getClass().getSimpleName());
            print("ring", () -> ring(pipe, sender, receiver));
        }
    }

    private static String ring(Pipe pipe, PipeSender sender, PipeReceiver receiver) {
        PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
        ring.commit(ring.tryClaim(42, 8));
        int[] found = new int[1];
        ring.read((type, buffer, index, length) -> found[0] = type);
        return Integer.toString(found[0]);
    }
}
