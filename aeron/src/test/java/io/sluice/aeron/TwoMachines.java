package io.sluice.aeron;

import io.aeron.Aeron;
import io.sluice.Codec;
import io.sluice.Receiver;
import io.sluice.Sender;

/**
 * Sends strings from one machine to another: the example {@code TwoProcesses} with other ends. A
 * media driver runs on each machine. Either may be started first.
 */
public final class TwoMachines {
    private static final int STREAM = 1;

    private TwoMachines() {}

    /**
     * Runs one side.
     *
     * @param args {@code receive} or {@code send}, and the address at which the receiver listens
     */
    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: TwoMachines receive|send HOST:PORT");
            System.exit(2);
        }
        String channel = "aeron:udp?endpoint=" + args[1];
        try (Aeron aeron = Aeron.connect()) { // The media driver of this machine.
            if (args[0].equals("receive")) {
                receive(aeron, channel);
            } else {
                send(aeron, channel);
            }
        }
    }

    private static void receive(Aeron aeron, String channel) {
        try (Receiver<String> receiver =
                AeronChannels.receiver(aeron, channel, STREAM, Codec.utf8())) {
            for (String message : receiver) {
                System.out.println("received: " + message);
            }
            // The sender has closed its end, or its process has exited or was killed.
            System.out.println("end of stream");
        }
    }

    private static void send(Aeron aeron, String channel) throws Exception {
        try (Sender<String> sender = AeronChannels.sender(aeron, channel, STREAM, Codec.utf8())) {
            sender.send("hello"); // Waits until a receiver is there.
            sender.send("are you there?");
        }
    }
}
