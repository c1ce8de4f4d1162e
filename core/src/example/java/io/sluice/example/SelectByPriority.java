package io.sluice.example;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Select;
import io.sluice.Sender;

/**
 * Receives from several mailboxes in one thread. Here commands overtake the readings that were sent
 * before them; without {@code byPriority} the clauses win in turn.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.SelectByPriority
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * command: calibrate
 * reading: 20.5
 * reading: 21.0
 * both streams have ended
 * }</pre>
 */
public final class SelectByPriority {
    public static void main(String[] args) throws Exception {
        Mailbox<String> commands = Mailbox.unbounded();
        Mailbox<Double> readings = Mailbox.bounded(1024);

        // Usually in other threads.
        try (Sender<Double> sensor = readings.sender();
                Sender<String> operator = commands.sender()) {
            sensor.send(20.5);
            sensor.send(21.0);
            operator.send("calibrate");
        }

        try (Receiver<String> fromOperator = commands.receiver();
                Receiver<Double> fromSensor = readings.receiver()) {
            Select select =
                    Select.builder()
                            .receive(fromOperator, c -> System.out.println("command: " + c))
                            .receive(fromSensor, r -> System.out.println("reading: " + r))
                            .byPriority()
                            .build();
            while (select.select() != Select.NONE) {} // Blocks while neither has a message.
            System.out.println("both streams have ended");
        }
    }
}
