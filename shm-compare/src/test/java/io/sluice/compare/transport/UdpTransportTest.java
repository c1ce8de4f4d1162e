package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("alone")
@Timeout(300)
class UdpTransportTest {
    private static final int SIZE = 4096;

    @Test
    void aFullWindowLosesNothing() throws Exception {
        send(1, 20_000);
    }

    /** On a busy machine 20 of a million were lost: the window was the whole buffer. */
    @Tag("proof")
    @Test
    void aFullWindowOfManyMessagesLosesNothing() throws Exception {
        send(20, 100_000);
    }

    private static void send(int links, int messages) throws Exception {
        for (int i = 0; i < links; i++) {
            Payload received = new Payload(SIZE);
            try (LinkPair ends = new LinkPair(Transports.of("udp"), SIZE)) {
                ends.run(
                        link -> {
                            Payload sent = new Payload(SIZE);
                            for (long n = 0; n < messages; n++) {
                                link.send(sent, n);
                            }
                        },
                        link -> {
                            while (received.expected() < messages) {
                                link.receive(received, 16);
                            }
                        });
            }
            assertEquals(0, received.lost());
        }
    }
}
